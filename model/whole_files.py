"""Files that are there whole, or as they were before."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def stand_in(path: Path) -> Iterator[Path]:
    """An empty hidden file beside `path`, which takes its place in the end, or is gone when that fails.

    Who may read it is as it was or, of a new file, as of any that the user makes: tempfile's are its owner's alone.
    """
    place = path.resolve()  # a link stays one
    fresh = place.with_name(f".genrescope-{secrets.token_hex(8)}{place.suffix}")
    fresh.touch(exist_ok=False)
    try:
        yield fresh
        with fresh.open("rb+") as file:
            os.fsync(file.fileno())
        if place.exists():
            fresh.chmod(place.stat().st_mode)
        fresh.replace(place)
    finally:
        with suppress(FileNotFoundError):
            fresh.unlink()
