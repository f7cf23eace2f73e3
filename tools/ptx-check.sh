#!/usr/bin/env bash
# Compiles every kernel for CUDA and assembles it with NVIDIA's ptxas, without a GPU; fails where one spills or is refused:
#   tools/ptx-check.sh [OPTIONS OF THE ptx VERB]
# ptxas is taken from $PTXAS or the PATH; else, on Debian, from its package nvidia-cuda-toolkit (non-free, 84 MB), which is unpacked into a
# temporary folder and not installed. Where it cannot be had, the check is skipped with a message and exit code 0.
set -euo pipefail
cd "$(dirname "$0")/.."
ptxas=${PTXAS:-$(command -v ptxas || true)}
if [[ -z $ptxas ]]; then
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
  release=$(. /etc/os-release 2>/dev/null && echo "${VERSION_CODENAME:-}" || true)
  fetch() {
    mkdir -p "$folder/lists/partial" "$folder/cache/archives/partial"
    mirror=$(apt-cache policy | sed -nE 's#^ *[0-9]+ (https?://[^ ]*/debian) .*/main .*#\1#p' | head -n 1)
    echo "deb ${mirror:-http://deb.debian.org/debian} $release non-free" >"$folder/sources.list"
    private=(-o Dir::Etc::SourceList="$folder/sources.list" -o Dir::Etc::SourceParts=- -o Dir::State::Lists="$folder/lists"
      -o Dir::Cache="$folder/cache" -o Acquire::Languages=none -o APT::Sandbox::User=root)
    apt-get "${private[@]}" -qq update && (cd "$folder" && apt-get "${private[@]}" -qq download nvidia-cuda-toolkit) &&
      dpkg-deb --fsys-tarfile "$folder"/nvidia-cuda-toolkit_*.deb | tar -x -C "$folder" ./usr/bin/ptxas
  }
  if [[ -n $release ]] && command -v apt-get dpkg-deb >/dev/null && fetch >"$folder/log" 2>&1; then
    ptxas=$folder/usr/bin/ptxas
  else
    echo "skipped: no ptxas here (set PTXAS, or install NVIDIA's CUDA toolkit)"
    exit 0
  fi
fi
dotnet run -c Release --project tools/Train -- ptx --ptxas "$ptxas" "$@"
