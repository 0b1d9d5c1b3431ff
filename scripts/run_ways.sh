#!/usr/bin/env bash
# Prove the ways in: set up what they need beside the environment of the tests, then run them.
set -euo pipefail
cd "$(dirname "$0")/.."
ways=.cache/ways
if [ ! -x "$ways/repo2docker/bin/jupyter-repo2docker" ]; then
  python -m venv "$ways/repo2docker"
  "$ways/repo2docker/bin/pip" install -q --disable-pip-version-check jupyter-repo2docker==2026.4.0
fi
if [ ! -f "$ways/oldest/ready" ]; then  # the oldest releases that pyproject.toml allows
  python -m venv --clear "$ways/oldest"
  "$ways/oldest/bin/pip" install -q --disable-pip-version-check "numpy==1.26.*" "scipy==1.11.*" \
    "matplotlib==3.8.*" "ipywidgets==7.7.*" ipykernel
  touch "$ways/oldest/ready"
fi
exec pytest -q -rs --durations=5 tests/ways
