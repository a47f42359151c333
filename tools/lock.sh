#!/bin/sh
# Writes requirements.lock, which the image is installed from: lock.sh
#
# The versions are those of requirements.txt and constraints.txt. The hashes are of every file that the registry has of
# a version, so that one list serves x86_64 and aarch64.
set -eu
cd "$(dirname "$0")/.."
.venv/bin/uv pip compile requirements.txt --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-annotate --quiet --custom-compile-command "make lock" --output-file requirements.lock
