"""The songs of a folder, found once each however its links lie."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from genrescope.errors import SourceError
from model.music_files import AUDIO_SUFFIXES, fingerprint


@dataclass(frozen=True)
class Song:
    """name: its path below the folder, with bytes that are no UTF-8 as Python keeps them."""

    name: str
    path: Path
    fingerprint: str


def find_songs(folder: Path) -> tuple[list[Song], dict[str, SourceError]]:
    """What is named like audio, sorted by name; and the folders, by name, that cannot be looked into.

    Hidden files are left out, as are devices and pipes. Links are followed, but no folder is entered twice: real
    folders come first, so that a song has the name of its real place where that lies below the folder, too.
    """
    songs: list[Song] = []
    unreadable: dict[str, SourceError] = {}
    entered: set[tuple[int, int]] = set()
    real, linked = deque([folder]), deque[Path]()
    while real or linked:
        here = (real or linked).popleft()
        try:
            entries = _entries(here, entered)
        except OSError as error:
            name = here.relative_to(folder).as_posix()
            unreadable[name] = SourceError("unreadable", f"This folder cannot be read: {error.strerror}.")
            continue
        for entry in entries:
            if entry.is_dir():
                (linked if entry.is_symlink() else real).append(Path(entry))
        songs += (_song(folder, path) for path in _audio_of(entries))
    return sorted(songs, key=lambda song: song.name), unreadable


def _entries(folder: Path, entered: set[tuple[int, int]]) -> list[os.DirEntry[str]]:
    """What is not hidden; nothing where this folder was entered before, by whatever name."""
    status = folder.stat()
    identity = (status.st_dev, status.st_ino)
    if identity in entered:
        return []
    entered.add(identity)
    with os.scandir(folder) as entries:
        return [entry for entry in entries if not entry.name.startswith(".")]


def _audio_of(entries: list[os.DirEntry[str]]) -> Iterator[Path]:
    """Files, and links to nowhere: whoever keeps those should know."""
    for entry in entries:
        path = Path(entry)
        if path.suffix.lower() in AUDIO_SUFFIXES and (entry.is_file() or (entry.is_symlink() and not path.exists())):
            yield path


def _song(folder: Path, path: Path) -> Song:
    return Song(path.relative_to(folder).as_posix(), path, fingerprint(path))
