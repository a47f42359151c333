"""The server: the page, its files, the model folder and POST /predict."""

import os

# Before NumPy and TensorFlow are imported. Matrix products of the signal chain are small: more threads than
# one mostly wait for each other, which on a busy machine doubles the time of a song. TensorFlow has its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # errors only: its banner is of no use to an operator
