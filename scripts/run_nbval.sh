#!/usr/bin/env bash
# Execute every notebook and compare its stored outputs, strictly. No notebook is no failure.
set -euo pipefail
cd "$(dirname "$0")/.."
notebooks=()
while IFS= read -r notebook; do  # not mapfile, which the bash 3.2 of macOS lacks
  notebooks+=("$notebook")
done < <(find book -name '*.ipynb' -not -path '*/.ipynb_checkpoints/*' | sort)
if [ ${#notebooks[@]} -eq 0 ]; then
  echo "nbval: no notebook in book/"
  exit 0
fi
exec pytest -q --nbval -n 2 --dist loadfile "${notebooks[@]}"
