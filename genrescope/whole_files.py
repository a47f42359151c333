"""Texts that take the place of what is there once they are whole."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from genrescope.errors import CommandError
from model.whole_files import stand_in


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


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
