#!/usr/bin/env bash
# Install a class's JupyterHub with the book's environment where every user of this machine can run
# it. As root: class/install.sh [FOLDER]   (/opt/mathml-class unless another is named)
# PYTHON names the Python to use, 3.11 or newer; it must not lie in a private folder.
set -euo pipefail
umask 022
book=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:-/opt/mathml-class}
folder=${folder%/}

fail() {
  printf 'error: %s\n' "$@" >&2
  exit 1
}

# Students run this Python as themselves: each folder above it must let them through.
shared() {
  "$1" - 2>/dev/null <<'PYTHON'
import ensurepip, pathlib, sys, venv
home = pathlib.Path(sys.base_prefix).resolve()
open_to_all = all(path.stat().st_mode & 0o005 == 0o005 for path in (home, *home.parents))
sys.exit(not (sys.version_info >= (3, 11) and open_to_all))
PYTHON
}

find_python() {
  local candidate candidates=(python3 /usr/bin/python3 /usr/{local/,}bin/python3.1{3,2,1,4})
  [ -z "${PYTHON:-}" ] || candidates=("$PYTHON")
  for candidate in "${candidates[@]}"; do
    if command -v "$candidate" >/dev/null && shared "$candidate"; then
      echo "$candidate"
      return
    fi
  done
  fail "no Python 3.11 or newer with venv that every user of this machine may run" \
    "on Debian and Ubuntu: apt install python3-venv; or name one: PYTHON=/usr/local/bin/python3.12"
}

[ "$(id -u)" = 0 ] || fail "a hub starts servers for others, so root installs it; run it with sudo"
command -v git >/dev/null || fail "git is missing, which fetches the book for students; apt install git"
mkdir -p "$folder"
# Two at once would tear what the other installs. The lock lies beside the folder, which is cleared.
exec 9>"$folder.lock"
flock 9
stamp=$folder/.installed
digest=$(cat "$book"/requirements.txt "$book"/class/{requirements.txt,package-lock.json} | cksum)
# A Python that was removed or renewed leaves an environment that no longer starts.
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$digest" ] ||
  ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
  python=$(find_python)
  echo "Installing the class's hub into $folder with $("$python" --version) (once; some minutes)"
  rm -f "$stamp"
  "$python" -m venv --clear "$folder"
  "$folder/bin/pip" install -qq --disable-pip-version-check \
    -r "$book/requirements.txt" -r "$book/class/requirements.txt"
  mkdir -p "$folder/proxy"
  cp "$book"/class/package{,-lock}.json "$folder/proxy"
  (cd "$folder/proxy" &&
    PATH="$folder/bin:$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
  echo "$digest" >"$stamp"
fi
# The book's own package, as it is now; its build leaves nothing in the book's folder.
source=$(mktemp -d)
trap 'rm -rf "$source"' EXIT
cp -R "$book"/{mathml,pyproject.toml,README.md,LICENSE} "$source"
"$folder/bin/pip" install -qq --disable-pip-version-check --no-deps --no-build-isolation \
  --force-reinstall "$source"
cp "$book/class/jupyterhub_config.py" "$folder"
echo "Start it with: cd $folder && bin/jupyterhub"
