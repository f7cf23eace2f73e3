#!/usr/bin/env bash
# Gives every reader many damaged inputs (tests/Fuzzing). An input depends on its number alone, so that one that fails can be tried again.
#   tools/fuzz.sh [inputs for each reader, 100000] [number of the first, 0] [reader, all]
set -euo pipefail
cd "$(dirname "$0")/.."
IDSNN_FUZZ=${1:-100000} IDSNN_FUZZ_FIRST=${2:-0} dotnet test -c Release tests/Tests.csproj --filter "Category=Fuzz&Name~${3:-Damaged}" \
  --logger "console;verbosity=normal"
