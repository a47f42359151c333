"""The server: the page, its files, the model folder and POST /predict."""

import os

import model  # noqa: F401 - before NumPy

# Before TensorFlow is imported. Errors only: its banner is of no use to an operator.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
