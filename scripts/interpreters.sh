#!/usr/bin/env bash
# Makes the cache of Debian's stripped production interpreters that the integration tests profile.
#
# Each is unpacked once, with everything it links against, into a folder of its own that works as a chroot. That makes
# them the first container test as well: their files are reached through /proc/PID/root only. Where there is a C
# compiler, each folder also gets a program that embeds the same version's shared libpython. The packages come from
# the mirror that this machine's own apt uses, through a private package database: nothing is installed, and the
# machine's own package lists stay as they are.
#
#   scripts/interpreters.sh                       unpacks what is missing, lists what there is and what was skipped
#   scripts/interpreters.sh --headers [VERSION…]  fetches CPython's headers too (default: 3.13 3.14 3.15)
#   scripts/interpreters.sh --program PACKAGE SUITE [FOLDER]   unpacks a program likewise, prints its root folder or fails
#   scripts/interpreters.sh --path                prints the folder of the cache
#   scripts/interpreters.sh --mirrors             prints the mirrors that packages come from, best first
#
# Exits 0 even where nothing can be had: whoever needs a certain interpreter decides what its absence means.
set -euo pipefail
shopt -s inherit_errexit

scripts=$(dirname "${BASH_SOURCE[0]}")
cache=${PYFLAME_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pyflame}
interpreters=$cache/interpreters
headers=$cache/headers
programs=$cache/programs
manifest=pyflame-interpreter.txt
# Of what is in a folder; folders of another format are made anew.
format=2

# version, then the suites that may hold it, best first. Bullseye and bookworm are frozen; the others move on.
catalog='
2.7  bullseye
3.9  bullseye
3.11 bookworm
3.13 trixie forky sid
3.14 forky sid
3.15 sid forky
'

work=
cleanup() { [ -z "$work" ] || rm -rf "$work"; }
trap cleanup EXIT

say() { printf '%s\n' "$*" >&2; }

# Why this machine cannot unpack an interpreter; empty when it can.
machine_lacks() {
  local tool
  for tool in apt-get apt-cache dpkg dpkg-deb tar chroot; do
    command -v "$tool" >/dev/null || { echo "needs $tool, so a Debian or Ubuntu machine"; return; }
  done
  [ "$(dpkg --print-architecture)" = amd64 ] || { echo "needs an amd64 machine"; return; }
  [ "$(id -u)" = 0 ] || echo "needs root, for chroot"
}

# The mirrors in the order of the machine's own apt sources. The security archive has other suites than these.
mirrors() {
  if [ -n "${PYFLAME_DEBIAN_MIRROR:-}" ]; then
    echo "$PYFLAME_DEBIAN_MIRROR"
    return
  fi
  # This tells them even where the machine has never fetched a package list, as in a new container.
  apt-get update --print-uris 2>/dev/null | sed -n "s|^'\(.*\)/dists/.*|\1|p" | grep -v security | awk '!seen[$0]++'
}

# Options that point apt at the package database of one suite.
apt_options() {
  local root=$work/apt-$1
  cat <<CONF
Dir::State "$root/state";
Dir::State::Lists "$root/state/lists";
Dir::State::Status "$root/status";
Dir::Cache "$root/cache";
Dir::Etc::SourceList "$root/sources.list";
Dir::Etc::SourceParts "$root/none";
Dir::Etc::Preferences "$root/none";
Dir::Etc::PreferencesParts "$root/none";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Languages "none";
Acquire::Retries "2";
// A mirror may stand still for longer than the release files of a moving suite are valid; they stay signed.
Acquire::Check-Valid-Until "false";
// The machine's own hooks tidy up the machine's own package cache.
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
CONF
}

# open_suite SUITE: fetches the suite's package lists once; false, with the reason in $reason, when there are none.
open_suite() {
  local suite=$1 root=$work/apt-$1 mirror keyring=/usr/share/keyrings/debian-archive-keyring.gpg signed=
  [ ! -e "$root/failed" ] || { reason=$(cat "$root/failed"); return 1; }
  [ ! -e "$root/ready" ] || return 0
  mkdir -p "$root/state/lists/partial" "$root/cache/archives/partial" "$root/none"
  : >"$root/status"
  apt_options "$suite" >"$root/apt.conf"
  [ ! -e "$keyring" ] || signed="signed-by=$keyring"
  while read -r mirror; do
    echo "deb [arch=amd64 $signed] $mirror $suite main" >"$root/sources.list"
    say "interpreters: fetching the package lists of Debian $suite"
    if apt-get -c "$root/apt.conf" -qq --error-on=any update >"$root/log" 2>&1; then
      : >"$root/ready"
      return 0
    fi
  done < <(mirrors)
  reason="no apt source of this machine offers Debian $suite"
  # The names of hosts are the machine's business; the first error says enough.
  [ ! -s "$root/log" ] || reason+=" ($(sed -n 's/^E: //p' "$root/log" | sed -E 's#[a-z+]+://[^ ]*/##' | head -1))"
  echo "$reason" | tee "$root/failed" >/dev/null
  return 1
}

offers() { apt-cache -c "$work/apt-$1/apt.conf" show "$2" >/dev/null 2>&1; }

# download SUITE FOLDER PACKAGE…: the packages with all they depend on, as .deb files in FOLDER.
download() {
  local suite=$1 folder=$2
  shift 2
  local apt=(apt-get -c "$work/apt-$suite/apt.conf" -qq -y -o "Dir::Cache::Archives=$folder")
  mkdir -p "$folder/partial"
  say "interpreters: downloading from Debian $suite: $*, and what they depend on ($(
    "${apt[@]}" --print-uris install "$@" | awk '{bytes += $3} END {printf "%d packages, %.0f MB", NR, bytes / 1e6}'))"
  "${apt[@]}" --download-only install "$@" >"$work/download.log" 2>&1
}

# unpack FOLDER ROOT: every .deb of FOLDER into ROOT, which becomes a usable root folder.
unpack() {
  local folder=$1 root=$2 deb name
  mkdir -p "$root"/usr/{bin,sbin,lib,lib64} "$root"/{dev,proc,tmp,etc,root}
  chmod 1777 "$root/tmp"
  # One layout for all suites: packages that still ship /lib and /bin follow the links.
  for name in bin sbin lib lib64; do ln -s "usr/$name" "$root/$name"; done
  for deb in "$folder"/*.deb; do
    dpkg-deb --fsys-tarfile "$deb" |
      tar -x -C "$root" --keep-directory-symlink --no-same-owner \
        --exclude='./usr/share/doc' --exclude='./usr/share/man' --exclude='./usr/share/locale' \
        --exclude='./usr/share/perl' --exclude='./usr/lib/x86_64-linux-gnu/perl*' || return 1
  done
}

# version_of ROOT EXECUTABLE: runs the unpacked interpreter, which also writes the bytecode of the modules that the tests
# import: a target that starts in 20 ms rather than 200 ms, many hundred times over.
version_of() {
  env -i PATH="$PATH" chroot "$1" "$2" -c '
import collections, json, linecache, re, subprocess, threading, traceback, sys
sys.stdout.write("%d.%d.%d" % sys.version_info[:3])'
}

# embed VERSION ROOT: makes a program in ROOT that embeds the shared libpython, and prints its path. False where there
# is no compiler.
embed() {
  local version=$1 root=$2 program=/usr/bin/embeds-python$1 main=Py_BytesMain libraries=$2/usr/lib/x86_64-linux-gnu
  [ "$version" != 2.7 ] || main=Py_Main
  command -v gcc >/dev/null || return 1
  gcc -DPYTHON_MAIN="$main" -O2 -fPIE -pie -s -nostdlib -Wl,--allow-shlib-undefined -o "$root$program" \
    "$scripts/embeds_python.c" "$libraries/libpython$version.so.1.0" "$libraries/libc.so.6" || return 1
  version_of "$root" "$program" >/dev/null && echo "$program"
}

# make_interpreter VERSION SUITE…: false, with the reason in $reason, when no suite has it.
make_interpreter() {
  local version=$1 name=debian-$1 suite full shared
  shift
  reason=
  for suite in "$@"; do
    open_suite "$suite" || continue
    if ! offers "$suite" "python$version-minimal"; then
      reason="Debian $suite holds no python$version (any more)"
      continue
    fi
    if ! download "$suite" "$work/$name.debs" "python$version-minimal" "python$version" \
      "libpython$version-minimal" "libpython$version-stdlib" "libpython$version"; then
      reason="the download failed: $(tail -1 "$work/download.log")"
      continue
    fi
    if ! { unpack "$work/$name.debs" "$work/$name" && full=$(version_of "$work/$name" "/usr/bin/python$version"); }; then
      reason="the interpreter of Debian $suite does not run here"
      rm -rf "${work:?}/$name" "$work/$name.debs"
      continue
    fi
    shared=$(embed "$version" "$work/$name") || say "interpreters: nothing here links with the shared libpython $version"
    printf 'format=%s\nversion=%s\nsuite=%s\nexecutable=/usr/bin/python%s\nshared=%s\n' \
      "$format" "$full" "$suite" "$version" "$shared" >"$work/$name/$manifest"
    # Only a whole and proven root gets the final name.
    rm -rf "${interpreters:?}/$name"
    mv -T "$work/$name" "$interpreters/$name"
    rm -rf "$work/$name.debs"
    return 0
  done
  return 1
}

# make_headers VERSION SUITE…: as make_interpreter, for the headers.
make_headers() {
  local version=$1 suite folder=$work/headers-$1
  shift
  reason=
  for suite in "$@"; do
    open_suite "$suite" || continue
    if ! offers "$suite" "libpython$version-dev"; then
      reason="Debian $suite holds no libpython$version-dev (any more)"
      continue
    fi
    say "interpreters: downloading from Debian $suite: libpython$version-dev"
    mkdir -p "$folder/out"
    (cd "$folder" && apt-get -c "$work/apt-$suite/apt.conf" -qq download "libpython$version-dev") >"$work/download.log" 2>&1 ||
      { reason="the download failed: $(tail -1 "$work/download.log")"; continue; }
    if ! dpkg-deb --fsys-tarfile "$folder"/libpython*.deb | tar -x -C "$folder/out" --strip-components=3 ./usr/include; then
      reason="the package of Debian $suite cannot be unpacked"
      continue
    fi
    mkdir -p "$headers"
    mv -T "$folder/out" "$headers/$version"
    return 0
  done
  return 1
}

# make_program FOLDER PACKAGE SUITE: as make_interpreter, for any package and all it depends on.
make_program() {
  local folder=$1 package=$2 suite=$3
  open_suite "$suite" || return 1
  if ! offers "$suite" "$package"; then
    reason="Debian $suite holds no $package (any more)"
  elif ! download "$suite" "$work/$package.debs" "$package"; then
    reason="the download failed: $(tail -1 "$work/download.log")"
  elif ! unpack "$work/$package.debs" "$work/$package"; then
    reason="the packages of Debian $suite cannot be unpacked"
  else
    mkdir -p "$programs"
    mv -T "$work/$package" "$programs/$folder"
    return 0
  fi
  return 1
}

have_interpreter() { grep -qsx "format=$format" "$interpreters/debian-$1/$manifest"; }
have_program() { [ -d "$programs/$1" ]; }
have_headers() { [ -e "$headers/$1/python$1/Python.h" ]; }

# ensure KIND VERSION SUITE…: has make_KIND make what is missing; false, with the reason in $reason, when it cannot.
ensure() {
  local kind=$1 version=$2 lacks
  shift
  if ! "have_$kind" "$version"; then
    lacks=$(machine_lacks)
    if [ -n "$lacks" ]; then
      reason=$lacks
      return 1
    fi
    if [ -z "$work" ]; then
      mkdir -p "$interpreters"
      # Two runs at once would fetch the same; the second waits, then finds it done.
      exec 9>"$cache/interpreters.lock"
      flock 9
      work=$(mktemp -d "$interpreters/.unpacking-XXXXXX")
    fi
    "have_$kind" "$version" || "make_$kind" "$@"
  fi
}

list_interpreters() {
  local version suites reason folder listing=
  while read -r version suites; do
    [ -n "$version" ] || continue
    folder=$interpreters/debian-$version
    # shellcheck disable=SC2086 # a list of suites
    if ensure interpreter "$version" $suites; then
      listing+="debian-$version: $(sed -n 's/^version=//p' "$folder/$manifest") from $(sed -n 's/^suite=//p' "$folder/$manifest")"
      [ -z "$(sed -n 's/^shared=//p' "$folder/$manifest")" ] || listing+=", and with a shared libpython"
      listing+=$'\n'
    else
      listing+="debian-$version: skipped: $reason"$'\n'
    fi
  done <<<"$catalog"
  # The tests read it too, to give the reason for what they skip.
  if [ -w "$interpreters" ]; then
    printf '%s' "$listing" >"$interpreters/.listing.$$"
    mv "$interpreters/.listing.$$" "$interpreters/listing.txt"
  fi
  printf '%s' "$listing"
}

list_headers() {
  local version suites reason
  for version in "$@"; do
    suites=$(awk -v version="$version" '$1 == version {$1 = ""; print}' <<<"$catalog")
    # shellcheck disable=SC2086 # a list of suites
    if [ -z "$suites" ]; then
      echo "headers $version: skipped: not in the catalog"
    elif ensure headers "$version" $suites; then
      echo "headers $version: $headers/$version/python$version"
    else
      echo "headers $version: skipped: $reason"
    fi
  done
}

case ${1:-} in
  '') list_interpreters ;;
  --path) echo "$interpreters" ;;
  --mirrors) mirrors ;;
  --program)
    [ $# -ge 3 ] || { say "usage: scripts/interpreters.sh --program PACKAGE SUITE [FOLDER]"; exit 2; }
    reason=
    ensure program "${4:-$2}" "$2" "$3" || { say "interpreters: no $2: $reason"; exit 1; }
    echo "$programs/${4:-$2}"
    ;;
  --headers)
    shift
    [ $# -gt 0 ] || set -- 3.13 3.14 3.15
    list_interpreters
    list_headers "$@"
    ;;
  *)
    say "usage: scripts/interpreters.sh [--path | --mirrors | --headers [VERSION…] | --program PACKAGE SUITE [FOLDER]]"
    exit 2
    ;;
esac
