#!/usr/bin/env bash
# Makes a CPython 3.13 that Debian does not package, for the tests, from Debian's source package.
#
#   scripts/source_python.sh musl            one that is linked with musl, with Debian's musl-gcc
#   scripts/source_python.sh free-threaded   one without a GIL (--disable-gil)
#
# Makes it if it is missing, and prints the path of its folder or says why it cannot be had. Of the extension modules, musl's has none and
# the other those that need no library but zlib. Each takes some minutes, once.
set -euo pipefail

cache=${PYFLAME_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pyflame}
kind=${1:-}
version=3.13
programs=(apt-get make tar)
configure=(--quiet CFLAGS=-O1 --without-ensurepip --disable-test-modules)
targets=(python)
case $kind in
  musl)
    programs+=(musl-gcc)
    library=lib/python$version
    name=musl-python$version
    ;;
  free-threaded)
    programs+=(gcc)
    configure+=(--disable-gil)
    library=lib/python${version}t
    name=free-threaded-python$version
    targets+=(sharedmods)
    ;;
  *)
    printf 'usage: scripts/source_python.sh musl | free-threaded\n' >&2
    exit 2
    ;;
esac
suite=trixie
python=$cache/programs/$name
executable=bin/python

say() { printf '%s\n' "$*" >&2; }
die() { say "source_python.sh: no $name: $*"; exit 1; }

if [ -x "$python/$executable" ]; then
  echo "$python"
  exit 0
fi

for program in "${programs[@]}"; do
  command -v "$program" >/dev/null || die "needs $program (Debian: apt-get install gcc make musl-tools)"
done

mkdir -p "$cache/programs"
exec 9>"$cache/interpreters.lock"
flock 9
work=$(mktemp -d "$cache/programs/.building-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/state/lists/partial "$work"/archives/partial "$work/none" "$work/source"
: >"$work/status"
cat >"$work/apt.conf" <<CONF
Dir::State "$work/state";
Dir::State::Lists "$work/state/lists";
Dir::State::Status "$work/status";
Dir::Cache "$work";
Dir::Etc::SourceList "$work/sources.list";
Dir::Etc::SourceParts "$work/none";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Check-Valid-Until "false";
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
signed=
[ ! -e "$keyring" ] || signed="[signed-by=$keyring]"
mirror=$("$(dirname "${BASH_SOURCE[0]}")/interpreters.sh" --mirrors | head -1)
echo "deb-src $signed $mirror $suite main" >"$work/sources.list"
say "source_python.sh: fetching the source of Python $version from Debian $suite"
(
  cd "$work/source"
  apt-get -c "$work/apt.conf" -qq update && apt-get -c "$work/apt.conf" -qq --download-only --only-source --tar-only source "python$version"
) >"$work/log" 2>&1 || die "Debian $suite gives no source of Python $version: $(tail -1 "$work/log")"
mkdir "$work/build"
tar -x -C "$work/build" --strip-components=1 -f "$work/source/python${version}"_*.orig.tar.xz

if [ "$kind" = musl ]; then
  # configure holds the compiler's name for the system against what the headers say, and musl-gcc says that of the system's gcc. The
  # kernel's headers come from the system, behind musl's own.
  cat >"$work/musl-cc" <<'CC'
#!/bin/sh
case " $* " in *" --print-multiarch "*) echo x86_64-linux-musl; exit ;; esac
exec musl-gcc "$@" -idirafter /usr/include -idirafter /usr/include/x86_64-linux-gnu
CC
  chmod +x "$work/musl-cc"
  configure+=(CC="$work/musl-cc")
fi
say "source_python.sh: compiling $name, which takes some minutes"
(cd "$work/build" && ./configure "${configure[@]}" && make -s -j2 "${targets[@]}") >"$work/log" 2>&1 ||
  die "it cannot be compiled here: $(tail -1 "$work/log")"
mkdir -p "$work/python/bin" "$work/python/lib"
cp "$work/build/python" "$work/python/$executable"
cp -r "$work/build/Lib" "$work/python/$library"
rm -rf "$work/python/$library/test"
# An empty folder of extension modules keeps it from complaining that there is none.
mkdir "$work/python/$library/lib-dynload"
if [ "$kind" = free-threaded ]; then
  cp "$work"/build/build/lib.*/*.so "$work/python/$library/lib-dynload"
fi
"$work/python/$executable" -S -E -c 'import json, threading, traceback' || die "what was compiled does not run"
rm -rf "$python"
mv -T "$work/python" "$python"
echo "$python"
