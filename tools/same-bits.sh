#!/usr/bin/env bash
# Trains small pipelines with the working tree and with another revision on the same machine, and compares the weights that they come to, byte
# for byte (the data of the checkpoints; their headers may say more in a newer version) and metrics.csv line for line.
#   tools/same-bits.sh REVISION [DEVICE, "cpu opencl"]
set -euo pipefail
revision=${1:?name a revision to compare with}
devices=${2:-cpu opencl}
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"; git -C "$root" worktree prune' EXIT

git -C "$root" worktree add -q --detach "$folder/old" "$revision"
for tree in "$folder/old" "$root"; do dotnet build -c Release -v quiet -nologo "$tree/tools/Train"; done
old=$folder/old/tools/Train/bin/Release/net10.0/idsnn-train new=$root/tools/Train/bin/Release/net10.0/idsnn-train

small="train --width 4 --limit-train 64 --limit-test 32 --epochs 2 --teacher-epochs 1 -b 16 -T 2 --seed 3"
pipelines=(
  "$small"
  "$small --recipe strong --warmup-epochs 0"
  "$small --model sew-resnet18"
  "$small --model ms-resnet18 --reset soft"
  "$small --encoder poisson"
  "$small --attach-reset --surrogate arctan"
)

# The data of a safetensors file: what follows its header, whose length the first eight bytes give.
data() { tail -c +"$(($(od -An -t u8 -N 8 "$1") + 9))" "$1" | sha256sum | cut -c 1-64; }

failed=0
compare() { # NAME: the runs $folder/a and $folder/b
  local file result=same
  for file in checkpoints/{last,best,teacher-last,teacher-best}.safetensors; do
    [[ $(data "$folder/a/$file") == $(data "$folder/b/$file") ]] || result="$file differs"
  done
  cmp -s "$folder/a/metrics.csv" "$folder/b/metrics.csv" || result="metrics.csv differs"
  echo "$result: $1"
  [[ $result == same ]] || failed=1
  rm -rf "$folder/a" "$folder/b"
}

for device in $devices; do
  for options in "${pipelines[@]}"; do
    $old $options --device "$device" --output-dir "$folder/a" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
    $new $options --device "$device" --output-dir "$folder/b" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
    compare "$device: $options"
  done

  # The other revision's run, stopped after its first epoch, is resumed by both.
  $old ${small/--epochs 2/--epochs 1} --device "$device" --output-dir "$folder/a" >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
  cp -r "$folder/a" "$folder/b"
  $old train --resume "$folder/a" --epochs 2 >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
  $new train --resume "$folder/b" --epochs 2 >"$folder/log" 2>&1 || { cat "$folder/log"; exit 1; }
  compare "$device: resumed after the first epoch"
done
exit $failed
