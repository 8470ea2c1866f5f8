#!/usr/bin/env bash
# Measures what profiling costs and how true the profiles are, beside other profilers, and writes the tables into bench/results/.
#
#   bench/run.sh [--quick] [--rows=NAME,NAME…] [--peer=NAME=PATH]… [--machine=NAME]
#   bench/run.sh --pieces [FILTER]
#
#   --quick     a smoke run of some minutes, whose numbers mean little
#   --rows      throughput cpu slowdown threads20 idle1000 reading growth impossible bias truth ordinary dump memory; all unless given
#   --peer      another profiler: a binary that speaks py-spy's command line or Pyflame's
#   --machine   the name of the result's file; from the processor's name unless given
#   --pieces    instead, time and bytes allocated of the pieces of a sample (BenchmarkDotNet)
#
# Austin and CPython 3.15 with its profiling.sampling come from Debian, unpacked into the cache outside of the tree. Needs dist/pyflame
# (./build.sh publish), gcc, and to be root for interpreters that run under chroot. A whole run takes half an hour and wants a quiet machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }

case ${1:-} in
  --help | -h)
    sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "${BASH_SOURCE[0]}"
    exit
    ;;
  --pieces)
    shift
    scripts/interpreters.sh >&2
    exec dotnet run -c Release --project bench/Pyflame.Benchmarks -- --artifacts artifacts/benchmarks --filter "${1:-*}"
    ;;
esac

[ -x dist/pyflame ] || { say "bench: there is no dist/pyflame; ./build.sh publish makes it"; exit 1; }
scripts/interpreters.sh >&2
austin=()
if root=$(scripts/interpreters.sh --program austin trixie); then austin=("--austin=$root"); fi

say "bench: publishing the harness"
dotnet publish bench/Pyflame.Bench -c Release -nologo -v:quiet -clp:NoSummary -o artifacts/bench
gcc -O2 -Wall -Wextra -o artifacts/bench/measure bench/measure.c
mkdir -p bench/results
exec artifacts/bench/pyflame-bench run --pyflame=dist/pyflame --measure=artifacts/bench/measure --targets=bench/targets \
  --results=bench/results "${austin[@]}" "$@"
