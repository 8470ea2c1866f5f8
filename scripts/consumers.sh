#!/usr/bin/env bash
# Installs the programs that open what Pyflame writes, which the end-to-end tests open every format with: the npm packages
# of tests/Pyflame.EndToEndTests/Consumers, into a cache outside the tree, and on Debian and Ubuntu as root the packages
# npm, golang-go (go tool pprof), valgrind (callgrind_annotate) and chromium (the pages); and those that it is used in: tmux
# (a terminal), zsh and fish (the completions).
#
#   scripts/consumers.sh          installs what is missing
#   scripts/consumers.sh --path   prints the folder that holds node_modules
#
# Exits 0 even where something cannot be had: the tests of that format are skipped with the reason.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/../tests/Pyflame.EndToEndTests/Consumers" && pwd)
# One folder for each set of versions; the tests look for it by the same name.
key=$(sha256sum <"$here/package-lock.json" | cut -c1-12)
folder=${PYFLAME_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pyflame}/consumers-$key

say() { printf '%s\n' "$*" >&2; }

install_npm_packages() {
  [ ! -d "$folder/node_modules" ] || return 0
  if ! command -v npm >/dev/null; then
    say "consumers.sh: npm is not installed, so speedscope, Firefox's and Chrome's profilers are not tested with"
    return 0
  fi
  say "consumers.sh: installing the npm packages into $folder"
  local work
  mkdir -p "${folder%/*}"
  work=$(mktemp -d "$folder.XXXXXX")
  cp "$here/package.json" "$here/package-lock.json" "$work"
  if (cd "$work" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2); then
    # Renamed whole, so that no half of it is ever found.
    mv -T "$work" "$folder" 2>/dev/null || rm -rf "$work"
  else
    rm -rf "$work"
    say "consumers.sh: npm could not install them; the tests that need them are skipped"
  fi
}

install_debian_packages() {
  local missing=()
  command -v npm >/dev/null || missing+=(npm)
  command -v go >/dev/null || missing+=(golang-go)
  command -v callgrind_annotate >/dev/null || missing+=(valgrind)
  command -v chromium >/dev/null || missing+=(chromium)
  command -v tmux >/dev/null || missing+=(tmux)
  command -v zsh >/dev/null || missing+=(zsh)
  command -v fish >/dev/null || missing+=(fish)
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    say "consumers.sh: not installed, and so not tested with: ${missing[*]}"
    return 0
  fi
  say "consumers.sh: installing with apt-get: ${missing[*]}"
  local apt=(apt-get -qq -y --no-install-recommends -o Dpkg::Use-Pty=0)
  export DEBIAN_FRONTEND=noninteractive
  "${apt[@]}" install "${missing[@]}" >/dev/null 2>&1 ||
    { apt-get -qq update >&2 && "${apt[@]}" install "${missing[@]}" >/dev/null; } ||
    say "consumers.sh: apt-get could not install ${missing[*]}; the tests that need them are skipped"
}

case ${1:-} in
  --path) echo "$folder" ;;
  '') install_debian_packages && install_npm_packages ;;
  *) say "usage: scripts/consumers.sh [--path]"; exit 2 ;;
esac
