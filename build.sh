#!/usr/bin/env bash
# Builds, tests and demonstrates Pyflame: `./build.sh help` lists the verbs.
#
# Needs the .NET 10 SDK. What else a verb needs is installed by name, and said, on Debian and Ubuntu as root; elsewhere
# the verb says what to install.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Nothing that a build starts may outlive it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false
# The SDK alone does not bring the library that cultures come from, and nothing here needs them.
export DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

say() { printf '%s\n' "$*" >&2; }
die() { say "build.sh: $*"; exit 1; }

help() {
  cat <<'TEXT'
usage: ./build.sh VERB

  demo            publish, profile an example program, say where the profile is and how to draw it
  publish         build the native binary: dist/pyflame, and dist/flame-chart-json
  test [FILTER]   run every test, on every interpreter that can be had; FILTER: part of a class or method name
  lint            check formatting, analyzers and shell scripts
  bench [ARGS]    measure what profiling costs (bench/run.sh)
  interpreters    unpack Debian's interpreters into the cache; list them
  consumers       install the programs that open what Pyflame writes and those that it runs in, for the tests
  snapshots [VERSION]
                  record again the processes that the unit tests read: of all versions found, or of one (3.16)
  attach-table    try every circumstance on every interpreter; print the table of docs/troubleshooting.md
  help            this text
TEXT
}

# need THING=PACKAGE…: installs the packages of the commands and files that are missing, or says what to install.
need() {
  local pair missing=()
  for pair in "$@"; do
    command -v "${pair%%=*}" >/dev/null || [ -e "${pair%%=*}" ] || missing+=("${pair#*=}")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ -e /etc/debian_version ]; then
    say "build.sh: installing with apt-get: ${missing[*]}"
    local apt=(apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0)
    export DEBIAN_FRONTEND=noninteractive
    # The package lists may be missing or too old; only then are they fetched.
    "${apt[@]}" install "${missing[@]}" >/dev/null 2>&1 ||
      { apt-get -qq update >&2 && "${apt[@]}" install "${missing[@]}" >/dev/null; } ||
      { say "build.sh: apt-get could not install ${missing[*]}"; return 1; }
  else
    say "build.sh: install these first (Debian's names): ${missing[*]}"
    return 1
  fi
}

need_sdk() {
  command -v dotnet >/dev/null || die "install the .NET 10 SDK first; 'dotnet' is not on the PATH"
  dotnet --version >/dev/null || die "the .NET SDK that global.json names is not installed"
}

quiet_dotnet() { dotnet "$@" -nologo -v:quiet -clp:NoSummary; }

# Native AOT links with gcc; the libraries and start-up files come with the C library's headers. git names the commit
# that `pyflame -v` shows.
need_linker() { need gcc=gcc git=git /usr/include/stdlib.h=libc6-dev /usr/include/zlib.h=zlib1g-dev; }

publish() {
  need_sdk
  need_linker || return 1
  say "build.sh: publishing the native binary"
  quiet_dotnet publish src/Pyflame.Cli -c Release -f net9.0 -r linux-x64 || return 1
  local built=src/Pyflame.Cli/bin/Release/net9.0/linux-x64/publish/pyflame
  mkdir -p dist
  # Copied beside and renamed: a running dist/pyflame stays whole.
  if ! cmp -s "$built" dist/pyflame; then
    cp "$built" dist/.pyflame.new || return 1
    mv dist/.pyflame.new dist/pyflame
  fi
  ln -sfn pyflame dist/flame-chart-json
  say "build.sh: dist/pyflame, $(($(stat -c %s dist/pyflame) / 1024)) KiB"
}

build() {
  need_sdk
  say "build.sh: building"
  quiet_dotnet build Pyflame.slnx -c Release
}

# With a linker, there are interpreters with a shared libpython too.
interpreters() {
  need_linker || true
  scripts/interpreters.sh
  # For the tests that compare layouts with them.
  scripts/interpreters.sh --headers 2.7 3.9 3.11 3.13 3.14 3.15
  # Builds and programs of which one is enough; tests that lack one are skipped.
  scripts/interpreters.sh --program python2.7-dbg bullseye >&2 || true
  scripts/interpreters.sh --program python3.11-dbg bookworm >&2 || true
  scripts/interpreters.sh --program python3.13-dbg trixie >&2 || true
  scripts/interpreters.sh --program python3-gevent bullseye python3.9-gevent >&2 || true
  scripts/interpreters.sh --program python3-gevent bookworm python3.11-gevent >&2 || true
  scripts/interpreters.sh --program python3-gevent trixie >&2 || true
  scripts/interpreters.sh --program python3-gevent sid python3.14-gevent >&2 || true
  scripts/interpreters.sh --program uwsgi-plugin-python3 bookworm >&2 || true
  scripts/interpreters.sh --program gunicorn bookworm >&2 || true
  scripts/interpreters.sh --program celery bookworm >&2 || true
  { need musl-gcc=musl-tools make=make && scripts/source_python.sh musl >&2; } || true
  { need gcc=gcc make=make /usr/include/zlib.h=zlib1g-dev && scripts/source_python.sh free-threaded >&2; } || true
}

# speedscope, Firefox's and Chrome's profilers, pprof, a browser, a terminal, shells; what is not to be had is not tested with.
consumers() { scripts/consumers.sh; }

# Each is the memory of tests/Pyflame.IntegrationTests/Targets/snapshot.py, as far as a dump reads it.
snapshots() {
  local folder=$PWD/tests/Pyflame.Tests/Python/Snapshots
  need_sdk
  interpreters
  build
  PYFLAME_SNAPSHOTS=$folder PYFLAME_SNAPSHOT_VERSION=${1:-} \
    tests/Pyflame.IntegrationTests/bin/Release/net10.0/Pyflame.IntegrationTests \
    -noLogo -noColor -explicit only -method "*SnapshotRecorderTests.Record" </dev/null
  say "build.sh: the snapshots are in $folder; ./build.sh test Snapshot reads them"
}

# Takes root: rights are given away for it, and namespaces made.
attach_table() {
  local table=$PWD/artifacts/attach-table.md
  need_sdk
  interpreters
  build
  publish
  mkdir -p "${table%/*}"
  PYFLAME_ATTACH_TABLE=$table PYFLAME_BINARY=$PWD/dist/pyflame \
    tests/Pyflame.EndToEndTests/bin/Release/net10.0/Pyflame.EndToEndTests \
    -noLogo -noColor -explicit only -method "*DoctorTests.Write_the_table" </dev/null >&2
  cat "$table"
}

# attribute NAME FILE: the sum of a number that the <assembly> elements of an xunit report carry.
attribute() {
  sed -n 's/.*<assembly [^>]*[ ]'"$1"'="\([0-9]*\)".*/\1/p' "$2" | awk '{sum += $1} END {print sum + 0}'
}

# The reasons of the skipped tests, each with the tests that gave it.
skipped_tests() {
  # A test's output may have lines of its own.
  cat "$@" | tr '\n' ' ' | sed 's/<test /\n<test /g; s/<\/test>/&\n/g' | awk '
    /^<test [^>]*result="Skip"/ {
      name = $0; sub(/^<test [^>]* name="/, "", name); sub(/".*/, "", name)
      reason = $0; sub(/.*<reason>(<!\[CDATA\[)?/, "", reason); sub(/(\]\]>)?<\/reason>.*/, "", reason)
      if (!(reason in count)) order[++reasons] = reason
      count[reason]++
      names[reason] = names[reason] "    " name "\n"
    }
    END { for (i = 1; i <= reasons; i++) printf "  %d skipped: %s\n%s", count[order[i]], order[i], names[order[i]] }'
}

# The methods of the failed tests of an xunit report, each once.
failed_methods() {
  tr '\n' ' ' <"$1" | sed 's/<test /\n&/g' |
    sed -n 's/^<test [^>]* result="Fail"[^>]* type="\([^"]*\)" method="\([^"]*\)".*/\1.\2/p' | sort -u
}

# run_project PROJECT REPORT [OPTION…]
run_project() {
  local project=$1 report=$2
  shift 2
  # The limit only ends a run in which a test's own limit failed.
  PYFLAME_BINARY=$PWD/dist/pyflame timeout --kill-after=10 45m \
    "tests/$project/bin/Release/net10.0/$project" -noLogo -noColor -xml "$report" "$@" </dev/null
}

# Above this many, failures are no matter of chance.
most_tried_again=5

run_tests() {
  local filter=${1:-} project report again method status=0 passed=0 failed=0 skipped=0 reports=()
  local results=artifacts/test-results
  local select=() methods=() only=() unsteady=()
  [ -z "$filter" ] || select=(-method "*$filter*")
  rm -rf "$results"
  mkdir -p "$results"
  for project in Pyflame.Tests Pyflame.IntegrationTests Pyflame.EndToEndTests; do
    report=$results/$project.xml
    say "build.sh: running $project"
    status=0
    run_project "$project" "$report" "${select[@]}" || status=$?
    if [ ! -s "$report" ]; then
      say "build.sh: $project ended with exit code $status and no report"
      failed=$((failed + 1))
      continue
    fi
    reports+=("$report")
    local bad=$(($(attribute failed "$report") + $(attribute errors "$report")))
    # A run that fails without a failed test (a crash after the report, say) is a failure all the same.
    [ "$status" = 0 ] || [ "$bad" -gt 0 ] || bad=1
    local left=$bad
    # The tests watch live processes, on machines that others share: what fails beside others is run once more, alone. It
    # is reported either way, so that a test that needs this is seen and mended.
    mapfile -t methods < <(failed_methods "$report")
    if [ "$(attribute errors "$report")" = 0 ] && [ ${#methods[@]} -gt 0 ] && [ ${#methods[@]} -le "$most_tried_again" ]; then
      only=()
      for method in "${methods[@]}"; do only+=(-method "$method"); done
      again=$results/$project.again.xml
      say "build.sh: running again, alone: ${methods[*]}"
      if run_project "$project" "$again" -parallel none "${only[@]}" && [ "$(attribute passed "$again")" -ge "$bad" ]; then
        left=0
        unsteady+=("${methods[@]}")
      elif [ -s "$again" ]; then
        left=$(($(attribute failed "$again") + $(attribute errors "$again")))
        [ "$left" -gt 0 ] || left=$bad
      fi
    fi
    passed=$((passed + $(attribute passed "$report") + bad - left))
    failed=$((failed + left))
    skipped=$((skipped + $(attribute skipped "$report")))
  done
  if [ "$skipped" -gt 0 ]; then
    echo "Skipped tests, by reason:"
    skipped_tests "${reports[@]}"
  fi
  if [ ${#unsteady[@]} -gt 0 ]; then
    echo "Failed beside other tests and passed alone; each is a defect of the test or of what it tests:"
    printf '  %s\n' "${unsteady[@]}"
  fi
  if [ $((passed + failed)) = 0 ]; then
    say "build.sh: no test ran"
    failed=1
  fi
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ]
}

test_all() {
  need_sdk
  interpreters
  consumers
  if ! { build && publish; }; then
    say "build.sh: the build failed, so no test ran"
    echo "0 passed, 1 failed, 0 skipped"
    return 1
  fi
  run_tests "$@"
}

lint() {
  local failed=0 scripts
  mapfile -t scripts < <(find build.sh .ci scripts bench -name '*.sh' -o -path .ci/run)
  need_sdk
  say "build.sh: checking the whitespace of the sources"
  # Over the folder, not the solution: loading the projects costs half a minute, and all rules that need them are
  # analyzers of the build below, formatting (IDE0055) included.
  dotnet format whitespace . --folder --verify-no-changes --exclude artifacts || failed=1
  if need shellcheck=shellcheck; then
    say "build.sh: checking the shell scripts"
    shellcheck "${scripts[@]}" || failed=1
  else
    say "build.sh: the shell scripts were not checked"
  fi
  build || failed=1
  if [ "$failed" = 0 ]; then say "build.sh: lint found nothing"; else say "build.sh: lint failed"; fi
  return "$failed"
}

demo() {
  publish
  need python3=python3
  local profile=artifacts/demo/profile.txt
  mkdir -p "${profile%/*}"
  say "build.sh: profiling examples/log_report.py"
  dist/pyflame -o "$profile" -t "$(command -v python3)" examples/log_report.py
  cat <<TEXT

The profile is in $profile: a line for each stack, outermost function first, and how often it was seen.
The hottest lines, by the samples in which they were running:

$(hottest_lines "$profile")

To draw it: open the file on the page of speedscope, https://www.speedscope.app, or run
  flamegraph.pl $profile > profile.svg
The README has more to try.
TEXT
}

# hottest_lines PROFILE: how often each innermost frame was seen, most often first. The folder of this tree is left out.
hottest_lines() {
  awk -v here="$PWD/" '
    /^\(/ { next }
    {
      count = $NF
      sub(/ [0-9]+$/, "")
      frames = split($0, frame, ";")
      leaf = frame[frames]
      if (index(leaf, here) == 1) leaf = substr(leaf, length(here) + 1)
      seen[leaf] += count
      total += count
    }
    END { for (leaf in seen) printf "%7.1f %%  %5d  %s\n", 100 * seen[leaf] / total, seen[leaf], leaf }' "$1" | sort -rn | head -10
}

bench() {
  publish
  bench/run.sh "$@"
}

verb=${1:-help}
[ $# = 0 ] || shift
case $verb in
  demo | publish | lint | bench | interpreters | consumers | snapshots | help) "$verb" "$@" ;;
  test) test_all "$@" ;;
  attach-table) attach_table ;;
  *) help >&2; die "no verb '$verb'" ;;
esac
