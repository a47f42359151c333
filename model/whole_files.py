"""Files that are there whole, or as they were before."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def stand_in(path: Path) -> Iterator[Path]:
    """An empty hidden file beside `path`, which takes its place in the end, or is gone when that fails."""
    place = path.resolve()  # a link stays one
    descriptor, name = tempfile.mkstemp(dir=place.parent, prefix=".genrescope-", suffix=place.suffix)
    os.close(descriptor)
    fresh = Path(name)
    try:
        yield fresh
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        fresh.replace(place)
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()
