#!/usr/bin/env bash
# Prove the ways in: install the tools of their tests beside the environment, then run the tests.
# What the tests build (an environment per Python) they keep in .cache/ways until it is outdated.
# Usage: scripts/run_ways.sh [ARGUMENT OF PYTEST...]
set -euo pipefail
cd "$(dirname "$0")/.."
tools=.cache/ways/tools
pins="jupyter-repo2docker==2026.4.0 uv==0.13.9"
made_for="$pins $PWD $(python -VV)"
if [ "$(cat $tools/ready 2>/dev/null)" != "$made_for" ]; then
  echo "Installing $pins (once)"
  python -m venv --clear $tools
  # shellcheck disable=SC2086  # two requirements
  $tools/bin/python -m pip install -q --disable-pip-version-check $pins
  echo "$made_for" >$tools/ready
fi
# A class's hub must lie where every user of the machine can run it, so not in this folder.
[ "$(id -u)" != 0 ] || class/install.sh "${CLASS_FOLDER:-/opt/mathml-class}"
python tests/selection.py
# A server and its browser belong to one file of tests: each file stays with one worker.
exec pytest -q -rs --durations=5 -n 2 --dist loadfile "$@" tests/ways
