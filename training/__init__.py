"""From a folder of music to a served model: prepare, split, train, evaluate, export."""

import model  # noqa: F401 - before NumPy
