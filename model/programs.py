"""The programs besides Python that songs are heard with."""

from __future__ import annotations

import shutil

DECODING = ("ffmpeg", "ffprobe")


def what_is_missing() -> str | None:
    """A sentence about the first of them that is not there; None where all are."""
    missing = next((program for program in DECODING if shutil.which(program) is None), None)
    return f"{missing} is not on the PATH: install the package ffmpeg" if missing else None
