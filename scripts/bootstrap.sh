#!/usr/bin/env bash
# Create .venv with Python 3.11 or newer and install the given lock files and the package.
# Usage: scripts/bootstrap.sh PYTHON LOCK...   (an empty PYTHON means: find one)
# A lock that is installed already is not installed again.
set -euo pipefail
cd "$(dirname "$0")/.."

wanted=$1
shift
venv=.venv
stamp=$venv/.installed

fail() {
  printf 'error: %s\n' "$@" >&2
  exit 1
}

new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1
}

find_python() {
  if [ -n "$wanted" ]; then
    command -v "$wanted" >/dev/null || fail "PYTHON=$wanted is not a program on the PATH"
    new_enough "$wanted" || fail "PYTHON=$wanted is older than 3.11 (or does not run)"
    echo "$wanted"
    return
  fi
  local candidate
  for candidate in python3 python3.13 python3.12 python3.11 python3.14 python; do
    if command -v "$candidate" >/dev/null && new_enough "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  fail "no Python 3.11 or newer found; python3 is $(python3 --version 2>&1 || true)" \
    "install one, or name it: make book PYTHON=/path/to/python3.12"
}

if ! [ -x $venv/bin/python ] || ! new_enough $venv/bin/python; then
  python=$(find_python)
  "$python" -c 'import venv, ensurepip' 2>/dev/null || fail \
    "$python has no venv module; on Debian and Ubuntu: apt install python3-venv"
  echo "Creating $venv with $("$python" --version)"
  rm -rf $venv
  "$python" -m venv $venv || fail "$python -m venv $venv failed"
fi

# Kernels neither read a person's IPython start-up files nor warn about sockets that stay local, and
# two at once do not wait for one history.
profile=.cache/ipython/profile_default
settings='c = get_config()
c.IPKernelApp.log_level = 40
c.HistoryManager.hist_file = ":memory:"'
if [ "$(cat $profile/ipython_kernel_config.py 2>/dev/null)" != "$settings" ]; then
  mkdir -p $profile
  echo "$settings" >$profile/ipython_kernel_config.py
fi

# One line per set of locks that is in place: installing more locks also installs the fewer.
digests=()
files=(pyproject.toml)
for lock in "$@"; do
  files+=("$lock")
  digests+=("$(cat "${files[@]}" | cksum | tr ' ' '-') ${files[*]} $PWD")
done
if ! grep -qsxF "${digests[-1]}" $stamp; then
  echo "Installing $* (once; a minute or two)"
  requirements=()
  for lock in "$@"; do requirements+=(-r "$lock"); done
  rm -f $stamp
  $venv/bin/python -m pip install -qq --disable-pip-version-check "${requirements[@]}"
  # The package itself, from this folder; its build backend is in the lock.
  $venv/bin/python -m pip install -qq --disable-pip-version-check \
    --no-deps --no-build-isolation --editable .
  printf '%s\n' "${digests[@]}" >$stamp
fi
