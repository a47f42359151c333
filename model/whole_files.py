"""Files and folders that are there whole, or as they were before."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
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


@contextmanager
def stand_in_folder(folder: Path) -> Iterator[Path]:
    """An empty hidden folder beside `folder`, which takes its place in the end, or is gone when that fails.

    What was there is lost then: whether it may be is for the caller to know.
    """
    place = folder.resolve()  # a link stays one
    place.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        yield fresh
        fresh.chmod(0o755)
        old = Path(f"{fresh}-old")
        if place.exists():
            place.rename(old)
        fresh.rename(place)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def is_empty_folder(folder: Path) -> bool:
    """Whether nothing is lost with it."""
    return folder.is_dir() and not any(folder.iterdir())
