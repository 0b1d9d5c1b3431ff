#!/usr/bin/env bash
# Renew the locks: requirements.txt (what readers, Binder and the book build install),
# requirements-test.txt (what the tests add), class/requirements.txt (what a class's hub adds) and
# all package-lock.json. One set of versions for Python 3.11 to 3.13. No registry is named in them.
set -euo pipefail
cd "$(dirname "$0")/.."
python3 -m venv .cache/lock
.cache/lock/bin/python -m pip install -qq --disable-pip-version-check uv
compile() {
  .cache/lock/bin/uv pip compile pyproject.toml --quiet --upgrade --universal \
    --python-version 3.11 --fork-strategy fewest --no-annotate --no-emit-index-url \
    --no-emit-find-links --custom-compile-command "make lock" "$@"
}
compile --extra book --extra lab --output-file requirements.txt
compile --extra book --extra lab --extra test --constraints requirements.txt \
  --output-file .cache/all.txt
{
  echo "# This file was made by: make lock. What the tests need beside requirements.txt."
  grep -vxFf requirements.txt .cache/all.txt | grep -v '^#' || true
} >requirements-test.txt
compile --extra book --extra lab --extra hub --constraints requirements.txt \
  --output-file .cache/hub.txt
{
  echo "# This file was made by: make lock. What a class's JupyterHub needs beside requirements.txt."
  grep -vxFf requirements.txt .cache/hub.txt | grep -v '^#' || true
} >class/requirements.txt
cp requirements.txt .binder/requirements.txt  # Binder installs from its own folder
npm=(npm)
[ -x .venv/bin/npm ] && npm=(.venv/bin/npm)
for folder in . class tests; do
  "${npm[@]}" install --prefix "$folder" --package-lock-only --ignore-scripts
done
