#!/usr/bin/env bash
# Mutation testing: dotnet-stryker changes an assembly in one place at a time and runs the assembly's tests; a change that survives is one
# that no test notices.  It works on a copy of the tree and leaves its report there; the last line says where.  Needs the network once.
#   tools/mutate.sh datasets|engine|training|runs [FILES ...]        as in: tools/mutate.sh engine 'Files/*.cs' Shape.cs
# Without FILES it takes what runs on the host.  Strings are not mutated: what a message says is for its reader to judge.
set -euo pipefail
cd "$(dirname "$0")/.."
assembly=${1:?datasets, engine, training or runs}
shift
any() { printf '|FullyQualifiedName~%sTests' "$@" | cut -c2-; }
case $assembly in
  datasets)
    tests='FullyQualifiedName~Tests.Datasets'
    files=('**/*.cs' '!**/CifarNames.cs')
    ;;
  engine)
    tests=$(any ClaimedFolder DurableFile MemoryPool Tape TensorScope Shape Tests.Tensor Safetensors HostCopy Losses Misuse)
    files=('**/Files/*.cs' '**/Memory/*.cs' '**/Autograd/*.cs' '**/Shape.cs' '**/Labels.cs'
      '**/TensorScope.cs')
    ;;
  training)
    tests=$(any LearningRateSchedule Checkpoint RunFolder Units Training.WeightAverage ReportNumbers Training.Resume Convergence \
      TimestepEvaluation)
    files=('**/LearningRateSchedule.cs' '**/Metrics.cs' '**/Checkpoint.cs' '**/Complete.cs' '**/TextFile.cs' '**/Units.cs'
      '**/Specs/*.cs' '**/Records/**/*.cs' '**/WeightAverage.cs')
    ;;
  runs)
    tests=$(any Checkpoint RunFolder TensorBoardLog BoardRecord ReportNumbers Training.Resume)
    files=('**/*.cs')
    ;;
  *)
    echo "no assembly '$assembly': datasets, engine, training or runs" >&2
    exit 2
    ;;
esac
if (($#)); then files=("${@/#/**/}"); fi

folder=$(mktemp -d)
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$folder"
dotnet tool install dotnet-stryker --version 5.1.0 --tool-path "$folder/tool" >/dev/null

# Stryker stops where a test that it has found is not run, or runs under another name: those that must be asked for, and those with control
# characters in their names.
cat >"$folder/stryker-config.json" <<END
{
  "stryker-config": {
    "project": "${assembly^}.csproj",
    "configuration": "Release",
    "test-case-filter": "($tests)&Name!~PublishedStatistics&Name!~ShownAreRefused&Name!~UnsafeCharacters",
    "mutate": [$(printf '"%s",' "${files[@]}" | sed 's/,$//')],
    "ignore-mutations": ["string"],
    "reporters": ["json", "html", "cleartext"],
    "concurrency": ${IDSNN_MUTATE_AT_ONCE:-1}
  }
}
END
cd "$folder/tests"
"$folder/tool/dotnet-stryker" -f "$folder/stryker-config.json" -O "$folder/report" --skip-version-check
echo "$folder/report/reports/mutation-report.html"
