#!/usr/bin/env bash
# Trains a tiny spiking network for many steps and watches the process: memory, open files, threads and rate are to stay where they are after
# three tenths of the way. .NET's heap is told to keep little garbage, which would hide what grows. Build the command first; IDSNN names another one.
#   tools/endurance.sh [steps, 100000] [device, opencl]
set -euo pipefail
steps=${1:-100000} device=${2:-opencl}
export DOTNET_GCgen0size=400000 DOTNET_GCConserveMemory=9
program=${IDSNN:-"$(dirname "$0")/Train/bin/Release/net10.0/idsnn-train"}
folder=$(mktemp -d)
trap 'kill $! 2>/dev/null || true; rm -rf "$folder"' EXIT

# Two classes of 8x8 pictures of noise, as BMP files: a header of 54 bytes and 192 of pixels. An epoch is 1,000 steps of 4 pictures.
head=$(printf '424df6000000000000003600000028000000080000000800000001001800000000000000000000000000000000000000000000000000')
for set in train:2000 test:10; do
  for class in a b; do
    mkdir -p "$folder/data/${set%:*}/$class"
    for ((i = 0; i < ${set#*:}; i++)); do
      { printf "$(sed 's/../\\x&/g' <<<"$head")"; head -c 192 /dev/urandom; } >"$folder/data/${set%:*}/$class/$i.bmp"
    done
  done
done

epochs=$((steps / 1000))
"$program" train --stage student --init none --kd-alpha 0 --width 1 -T 2 --dataset folder --data-path "$folder/data" --image-size 8 -b 4 \
  --epochs $epochs --lr 0.01 --device "$device" --output-dir "$folder/run" >"$folder/log" 2>&1 &
process=$!
sample() { # resident KiB, open files, threads, milliseconds of the clock
  echo "$(awk '/VmRSS/ {print $2}' /proc/$process/status) $(ls /proc/$process/fd | wc -l) $(ls /proc/$process/task | wc -l) $(date +%s%3N)"
}
done_epochs() { cat "$folder/run/log.txt" 2>/dev/null | grep -c '^student [0-9]*/' || true; }

printf '%9s %12s %10s %9s %10s\n' steps 'memory KiB' 'open files' threads 'steps/s'
last=0 time=0 base=0
for ((part = 1; part < 10; part++)); do
  until (($(done_epochs) >= epochs * part / 10)); do
    kill -0 $process 2>/dev/null || { cat "$folder/log"; exit 1; }
    sleep 0.2
  done
  read -r memory files threads now <<<"$(sample)"
  reached=$(($(done_epochs) * 1000))
  rate=$((time ? (reached - last) * 1000 / (now - time) : 0))
  printf '%9d %12d %10d %9d %10d\n' $reached "$memory" "$files" "$threads" $rate
  ((part > 3)) || base=$memory
  last=$reached time=$now
done
wait $process
awk -v a=$base -v b="$memory" 'BEGIN {printf "memory from three tenths to nine tenths of the way: %+.2f %%\n", (b - a) * 100 / a}'
