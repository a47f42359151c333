#!/bin/sh
# Removes from an environment what running a finished model never touches: slim-packages.sh VENV
#
# TensorFlow's wheel asks for all of these and ships its debugging symbols; together that is 600 MB.
set -eu
cd "$1"/lib/python3*/site-packages
rm -rf tensorflow/include
rm -rf keras grpc tensorboard tensorboard_data_server clang tensorflow_io_gcs_filesystem h5py h5py.libs
rm -rf markdown werkzeug rich pygments setuptools _distutils_hack distutils-precedence.pth pkg_resources pip
find . -type d \( -name tests -o -name testing \) -path './scipy/*' -prune -exec rm -rf {} +
# Not those of other wheels: their libraries were edited after linking, and strip breaks such files.
strip --strip-unneeded tensorflow/libtensorflow_cc.so.2 tensorflow/libtensorflow_framework.so.2
