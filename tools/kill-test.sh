#!/usr/bin/env bash
# Kills a training run again and again (kill -9) at random moments, resumes it each time, and compares what it comes to, byte for byte,
# with a run that was left alone. Build the command first; IDSNN names another one.
#   tools/kill-test.sh [kills, 20] [epochs, 200]
set -euo pipefail
kills=${1:-20}
program=${IDSNN:-"$(dirname "$0")/Train/bin/Release/net10.0/idsnn-train"}
folder=$(mktemp -d)
options=(
  train --width 4 -T 2 --teacher resnet18 --limit-train 512 --limit-test 64 -b 16 --epochs "${2:-200}" --checkpoint-minutes 0.01
)

"$program" "${options[@]}" --output-dir "$folder/whole" >"$folder/whole.log" 2>&1
"$program" "${options[@]}" --output-dir "$folder/killed" >"$folder/killed.log" 2>&1 &
until [[ -f $folder/killed/config.json ]]; do sleep 0.1; done
RANDOM=1
for ((done = 0; done < kills; done++)); do
  sleep "$((RANDOM % 6 + 1)).$((RANDOM % 10))"
  kill -9 $! 2>/dev/null || { echo "finished after $done kills: give it more epochs"; exit 1; }
  wait $! 2>/dev/null || true
  "$program" train --resume "$folder/killed" >>"$folder/killed.log" 2>&1 &
done
wait $!

for file in metrics.csv checkpoints/{last,best,teacher-last,teacher-best}.safetensors; do cmp "$folder/whole/$file" "$folder/killed/$file"; done
echo "$kills kills; the run went on from a saved state $(grep -c ": going on" "$folder/killed.log") times and ended with the same bytes"
rm -r "$folder"
