#!/bin/sh
# Builds the container image with docker, podman or buildah, whichever works here: tools/image.sh NAME
# GPU=1 in the environment: one that uses an NVIDIA GPU.
set -eu
cd "$(dirname "$0")/.."
name=$1
if docker info >/dev/null 2>&1; then set -- docker build
elif command -v podman >/dev/null; then set -- podman build --format docker
elif command -v buildah >/dev/null; then set -- buildah build --format docker  # the OCI format knows no HEALTHCHECK
else
  echo "image: none of docker (with its daemon running), podman and buildah is here; please install one" >&2
  exit 1
fi
echo "image: building $name with $1"
exec "$@" ${GPU:+--build-arg "GPU=$GPU"} -t "$name" .
