#!/usr/bin/env bash
# Prints what `pyflame top` shows of an example in a terminal of 80 by 24, once it has ended: the picture in docs/top.md and README.md.
# Needs dist/pyflame (./build.sh publish), tmux and Debian's python3.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

socket=pyflame-picture-$$
screen() { tmux -u -L "$socket" "$@"; }
trap 'screen kill-server' EXIT
screen -f /dev/null new-session -d -x 80 -y 24 "dist/pyflame top -- /usr/bin/python3 examples/log_report.py; sleep 60"
for _ in $(seq 300); do
  picture=$(screen capture-pane -p)
  case $picture in *'q quits.'*) break ;; esac
  sleep 0.2
done
printf '%s\n' "$picture"
