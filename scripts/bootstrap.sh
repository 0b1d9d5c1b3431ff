#!/usr/bin/env bash
# Make .venv ready: a Python 3.11 or newer, what the given locks name, and the package.
# Usage: scripts/bootstrap.sh PYTHON LOCK...   (an empty PYTHON means: the one in use, or find one)
#
# The stamp in .venv is written last and says what it was made for: this folder, whose path is in
# each of its programs; its Python; the locks. Where folder and Python fit, pip installs what other
# locks name; else .venv is unfinished, moved or on another Python, and is made anew.
# It runs in the bash 3.2 of macOS.
set -euo pipefail
cd -P "$(dirname "$0")/.."
trap 'exit 130' INT  # at once, not with a word about a command that was only interrupted
export PYTHONUTF8=1  # under an 8-bit locale, Python would write a path with é so that none finds it

wanted=$1
shift
venv=.venv
stamp=$venv/.installed

fail() {
  echo "error: $*" >&2
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
  fail "no Python 3.11 or newer found; python3 is $(python3 --version 2>&1 || true);" \
    "install one, or name it: make book PYTHON=/path/to/python3.12"
}

# What a Python is, the same for each environment that stands on it; nothing if it does not run.
which_python() {
  "$1" -c 'import sys; print(*sys.version_info[:2], sys.base_prefix)' 2>/dev/null || true
}

# Whether .venv was finished in this folder, with the Python it has now, and that is the one wanted.
fits() {
  local now
  now=$(which_python $venv/bin/python)
  [ -n "$now" ] && [ "$(head -n 1 $stamp 2>/dev/null)" = "$PWD $now" ] || return 1
  [ -z "$wanted" ] || [ "$(which_python "$wanted")" = "$now" ]
}

ready() {
  fits && grep -qsxF "$digest" $stamp
}

case $PWD in
  *[:\$\`\"\\]*) fail "$PWD has one of : \$ \` \" \\ in its path, which programs here take for" \
    "something else; rename the folder" ;;
esac
{ mkdir -p .cache && [ -w . ] && [ -w .cache ]; } 2>/dev/null || fail \
  "$PWD cannot be written, where the book is built; copy it to a folder of yours and run make there"

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
  digest="$(cat "${files[@]}" | cksum | tr ' ' '-') ${files[*]}"
  digests+=("$digest")
done
ready && exit

python=$venv/bin/python
fits || python=$(find_python)
# One at a time; who waited finds all done. The lock is the open file's, so it ends with this script,
# however that ends. Not every file system has locks: there, nobody waits.
exec 9>.cache/setup.lock
"$python" - <<'EOF_PYTHON'
import fcntl
try:
    fcntl.flock(9, fcntl.LOCK_EX | fcntl.LOCK_NB)
except BlockingIOError:
    print("Waiting for another run that sets up this folder", flush=True)
    fcntl.flock(9, fcntl.LOCK_EX)
except OSError:
    pass
EOF_PYTHON

if ! fits; then
  "$python" -c 'import venv, ensurepip' 2>/dev/null || fail \
    "$python has no venv module; on Debian and Ubuntu: apt install python3-venv"
  echo "Creating $venv with $("$python" --version)"
  rm -f $stamp
  "$python" -m venv --clear $venv || fail \
    "$python could not make an environment in $PWD/$venv, see above; remove that, or name" \
    "another Python: make book PYTHON=/path/to/python3.12"
fi
if ! ready; then
  echo "Installing $* (once; a minute or two)"
  requirements=()
  for lock in "$@"; do requirements+=(-r "$lock"); done
  made_for="$PWD $(which_python $venv/bin/python)"
  rm -f $stamp
  pip() {
    $venv/bin/python -m pip "$@" || fail \
      "pip could not install what the book needs, see above; run make again with a network"
  }
  pip install -qq --disable-pip-version-check "${requirements[@]}"
  # The package itself, from this folder; its build backend is in the lock.
  pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
  printf '%s\n' "$made_for" "${digests[@]}" >$stamp
fi
