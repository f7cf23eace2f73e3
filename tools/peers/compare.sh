#!/usr/bin/env bash
# Times whole training steps of ours and of libtorch (through TorchSharp) alternately, on an idle machine, and prints both medians and
# their ratio:  tools/peers/compare.sh [BATCH [TIMESTEPS [ROUNDS]]]      (16, 4 and 5 if left out)
# The first run restores and builds the peer (a gigabyte of libtorch) in a temporary folder; it needs gcc and python3.
set -euo pipefail
cd "$(dirname "$0")/../.."
batch=${1:-16} timesteps=${2:-4} rounds=${3:-5}
dotnet build -c Release tools/Train >/dev/null
ours() {
  dotnet tools/Train/bin/Release/net10.0/idsnn-train.dll bench -b "$batch" -T "$timesteps" --steps 5 2>/dev/null |
    sed -nE 's/.*"images_per_second": ([0-9.]+).*/\1/p'
}
peer() {
  # Some machines pin old OpenBLAS kernels by these variables; libtorch should choose its own.
  env -u OPENBLAS_CORETYPE -u OPENBLAS_L2_SIZE tools/peers/torchsharp/run.sh --batch "$batch" --timesteps "$timesteps" --steps 5 |
    sed -nE 's/.*"images_per_second":([0-9.]+).*/\1/p'
}
median() { sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }
a=() b=()
for ((round = 1; round <= rounds; round++)); do
  a+=("$(ours)") b+=("$(peer)")
  echo "round $round: ours ${a[-1]}, libtorch ${b[-1]} images/s"
done
x=$(printf '%s\n' "${a[@]}" | median) y=$(printf '%s\n' "${b[@]}" | median)
awk -v x="$x" -v y="$y" -v b="$batch" -v t="$timesteps" \
  'BEGIN { printf "batch %s, T = %s: ours %.2f, libtorch %.2f images/s, ratio %.2f\n", b, t, x, y, x / y }'
