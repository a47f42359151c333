"""Files that are there whole, or as they were before."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from genrescope.errors import CommandError


def write_whole(path: Path, lines: Iterable[str]) -> None:
    """UTF-8, put in place of what is there once all is written. Raises CommandError when it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with stand_in(path) as fresh:
            with fresh.open("w", encoding="utf-8", newline="") as file:
                file.writelines(lines)
            fresh.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error


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


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
