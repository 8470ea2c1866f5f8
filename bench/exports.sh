#!/usr/bin/env bash
# Measures what is made of a recording; prints a table. Wants a quiet machine.
#
#   bench/exports.sh formats [NAME…]             how long dist/pyflame takes to convert 10 million samples of 20 threads, and how
#                                                large the files are
#   bench/exports.sh pages [PATH-OF-CHROMIUM]    how large the flame graphs are, and how long Chromium takes to open, zoom and
#                                                search them; scripts/consumers.sh installs Debian's
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

case ${1:-} in
  formats)
    [ -x dist/pyflame ] || { echo "bench: there is no dist/pyflame; ./build.sh publish makes it" >&2; exit 1; }
    set -- formats "$PWD/dist/pyflame" "${@:2}"
    ;;
  pages) ;;
  *)
    sed -n '2,/^set /{/^set /d; s/^# \{0,1\}//; p}' "${BASH_SOURCE[0]}"
    exit 2
    ;;
esac
dotnet build -c Release -nologo -v:quiet -clp:NoSummary bench/Pyflame.ExportBench
exec bench/Pyflame.ExportBench/bin/Release/net10.0/pyflame-export-bench "$@"
