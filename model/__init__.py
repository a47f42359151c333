"""The shared ground: what sound looks like to the network, and the network itself."""

import os

# Before NumPy is imported: each of the programs imports this package first. The signal chain's matrix products are
# small: more threads than one wait for each other longer than they compute, and on a busy machine very long.
# TensorFlow has threads of its own.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
