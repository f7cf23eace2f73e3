#!/usr/bin/env bash
# Kills a training run again and again (kill -9) at random moments, resumes it each time, and compares what it comes to, byte for byte,
# with a run that was left alone.
#   tools/kill-test.sh [kills, 20] [options of train …]
set -euo pipefail
kills=${1:-20}
shift || true
folder=$(mktemp -d)
program="$(dirname "$0")/Train/bin/Release/net10.0/idsnn-train"
options=(train --width 4 -T 2 --teacher resnet18 --limit-train 512 --limit-test 64 -b 16 --epochs 8 --checkpoint-minutes 0.01 "$@")

"$program" "${options[@]}" --output-dir "$folder/whole" >"$folder/whole.log" 2>&1
"$program" "${options[@]}" --output-dir "$folder/killed" >"$folder/killed.log" 2>&1 &
RANDOM=1
done=0
while ((done < kills)); do
  sleep "$((RANDOM % 5 + 1)).$((RANDOM % 10))"
  kill -9 $! 2>/dev/null || { echo "it was finished after $done kills: give more epochs"; break; }
  wait $! 2>/dev/null || true
  ((++done))
  "$program" train --resume "$folder/killed" >>"$folder/killed.log" 2>&1 &
done
wait $!

for file in metrics.csv checkpoints/{last,best,teacher-last,teacher-best}.safetensors; do cmp "$folder/whole/$file" "$folder/killed/$file"; done
echo "$done kills; the run went on $(grep -c "going on" "$folder/killed.log") times and ended with the same bytes"
rm -r "$folder"
