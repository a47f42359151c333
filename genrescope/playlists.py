"""Playlists (extended M3U in UTF-8), one a genre: paths are relative to the folder that the playlists lie in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from genrescope.whole_files import write_whole
from model.music_files import printable
from model.telling import claimed_genres

UNSURE = "unsure"
MARK = "#genrescope: written anew by each `genrescope tag`"
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]|^\.|[. ]$')  # in names of files, on any system
# Would be read as a comment, be trimmed, or be taken for a URL's scheme.
AMBIGUOUS = re.compile(r"#|\s|[^/]*:")


def write_playlists(folder: Path, music: Path, genres: Sequence[str], songs: Iterable[Mapping[str, Any]]) -> list[Path]:
    """One for each genre that has songs; playlists that we wrote earlier and that have none any more are deleted.

    A song of several genres is in the playlist of each.

    songs: lines of the journal, with paths below `music`.
    """
    members: dict[str, list[Mapping[str, Any]]] = {}
    for song in songs:
        for genre in claimed_genres(song["verdict"]) or [UNSURE]:
            members.setdefault(genre, []).append(song)
    written = []
    for genre, name in file_names(genres).items():
        if genre in members:
            path = folder / name
            write_whole(path, _lines(folder.resolve(), music.resolve(), members[genre]))
            written.append(path)
    _delete_others(folder, written)
    return written


def file_names(genres: Sequence[str]) -> dict[str, str]:
    """Genre, or UNSURE, -> name of a file; no two alike where capitals make no difference."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for genre in (UNSURE, *(genre for genre in genres if genre != UNSURE)):
        stem = base = FORBIDDEN.sub("_", genre) or "_"
        number = 2
        while stem.casefold() in taken:
            stem, number = f"{base}-{number}", number + 1
        taken.add(stem.casefold())
        names[genre] = f"{stem}.m3u8"
    return names


def _lines(folder: Path, music: Path, songs: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f"#EXTM3U\n{MARK}\n"
    for song in songs:
        title = " ".join(printable(Path(song["path"]).stem).split())
        yield f"#EXTINF:{song['duration_s']:.0f},{title}\n{_entry(folder, music / song['path'])}\n"


def _entry(folder: Path, song: Path) -> str:
    """A relative path; as a file: URL where a line of UTF-8 cannot have the name: line ends, bytes that are no text."""
    name = os.path.relpath(song, folder)
    if printable(name) != name or len(name.splitlines()) > 1:
        return song.as_uri()
    return f"./{name}" if AMBIGUOUS.match(name) else name


def _delete_others(folder: Path, written: Sequence[Path]) -> None:
    """Of ours only: other people's playlists may lie there."""
    for path in folder.glob("*.m3u8"):
        if path not in written and path.is_file():
            with path.open("rb") as file:
                is_ours = MARK.encode() in file.read(200)
            if is_ours:
                path.unlink()
