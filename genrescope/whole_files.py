"""Texts that take the place of what is there once they are whole."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from genrescope.errors import CommandError
from model.whole_files import stand_in


def write_whole(path: Path, lines: Iterable[str]) -> None:
    """UTF-8, put in place of what is there once all is written. Raises CommandError when it cannot be."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with stand_in(path) as fresh, fresh.open("w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}") from error
