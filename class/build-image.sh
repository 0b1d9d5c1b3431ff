#!/usr/bin/env bash
# Make the image that a hub on Kubernetes gives each student, with repo2docker and Docker:
#   class/build-image.sh registry.example.org/mathml-class:2026.1 && docker push …
# What follows the name goes to repo2docker (--no-build --debug shows the recipe).
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || { echo "usage: class/build-image.sh NAME:TAG" >&2; exit 1; }
name=$1
shift
# The package lives outside the home folder, over which the hub mounts each student's own.
exec jupyter-repo2docker --no-run --user-id 1000 --user-name jovyan --image-name "$name" \
  --target-repo-dir /srv/mathml \
  --appendix "RUN pip install --no-cache-dir $(grep '^nbgitpuller==' class/requirements.txt)" "$@" .
