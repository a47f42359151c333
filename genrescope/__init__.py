"""The command line: a whole folder of songs, or one song, heard by the model without a server."""

import model  # noqa: F401 - before NumPy
