#!/usr/bin/env bash
# Times whole training steps of ours and of PyTorch on the same GPU, alternating, and prints each one's median and ours over it:
#   tools/peers/pytorch/compare.sh [BATCH [TIMESTEPS [ROUNDS]]]      (256, 4 and 5 if left out)
# Needs python3 with torch and a CUDA GPU; SpikingJelly's neurons (CuPy, else Triton) are timed as well where the package is there. Every
# peer runs channels-last under bf16 autocast. PRECISION=fp32 compares float32 with float32, and PYTHON names another interpreter.
set -euo pipefail
cd "$(dirname "$0")/../../.."
batch=${1:-256} timesteps=${2:-4} rounds=${3:-5} precision=${PRECISION:-bf16} python=${PYTHON:-python3}
"$python" -c 'import torch, sys; sys.exit(not torch.cuda.is_available())' 2>/dev/null || {
  echo "$python has no torch, or torch sees no CUDA GPU: install it, or name another with PYTHON" >&2
  exit 2
}
peers=("eager" "compile")
if "$python" -c 'import spikingjelly, cupy' 2>/dev/null; then
  peers+=("spikingjelly --backend cupy")
elif "$python" -c 'import spikingjelly, triton' 2>/dev/null; then
  peers+=("spikingjelly --backend triton")
fi

dotnet build -c Release tools/Train >/dev/null
rate() { sed -nE 's/.*"images_per_second": ?([0-9.]+).*/\1/p' | tail -n 1; }
ours() {
  dotnet tools/Train/bin/Release/net10.0/idsnn-train.dll bench --device cuda --precision "$precision" -b "$batch" -T "$timesteps" \
    --steps 20 2>/dev/null | rate
}
peer() {
  # shellcheck disable=SC2086 # a mode and its options
  "$python" tools/peers/pytorch/peer.py --mode $1 --batch "$batch" --timesteps "$timesteps" --precision "$precision" --steps 20 | rate
}
median() { sort -n | awk '{ v[NR] = $1 } END { print (v[int((NR + 1) / 2)] + v[int(NR / 2) + 1]) / 2 }'; }

results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
for ((round = 1; round <= rounds; round++)); do
  ours >>"$results/ours"
  for i in "${!peers[@]}"; do
    peer "${peers[i]}" >>"$results/$i" || echo "peer ${peers[i]} failed in round $round" >&2
  done
  echo "round $round of $rounds done"
done
us=$(median <"$results/ours")
echo "batch $batch, T = $timesteps, $precision: ours $us images/s"
for i in "${!peers[@]}"; do
  [[ -s $results/$i ]] || continue
  them=$(median <"$results/$i")
  awk -v p="${peers[i]}" -v x="$us" -v y="$them" 'BEGIN { printf "  PyTorch %-28s %10.1f images/s, ratio %.2f\n", p, y, x / y }'
done
