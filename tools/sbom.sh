#!/bin/sh
# Writes the list of what is in a built image, /app/sbom.json, to standard output: sbom.sh NAME
set -eu
name=$1
if docker info >/dev/null 2>&1; then exec docker run --rm "$name" cat sbom.json
elif command -v podman >/dev/null; then exec podman run --rm "$name" cat sbom.json
elif command -v buildah >/dev/null; then
  container=$(buildah from "$name")
  trap 'buildah rm "$container" >/dev/null' EXIT
  buildah run "$container" -- cat sbom.json
else
  echo "sbom: none of docker (with its daemon running), podman and buildah is here; please install one" >&2
  exit 1
fi
