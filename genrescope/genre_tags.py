"""The songs' own genre tags, by mutagen, where the user has that: its licence, the GPL, keeps it out of Genrescope."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from genrescope.errors import CommandError
from genrescope.folder import Song
from genrescope.journal import Journal
from genrescope.words import shown
from model.music_files import fingerprint
from model.telling import claimed_genres, names_in_one
from model.whole_files import stand_in

MISSING = (
    "--write-genre needs mutagen, which is not installed. Please run:  {python} -m pip install mutagen\n"
    "  (It is under the GPL, version 2 or later, and Genrescope under the Apache License: so it is not included.)"
)
# Kind of tag, by the name of mutagen's class -> its name for the genre.
KEYS = {"ID3": "TCON", "MP4Tags": "\xa9gen", "ASFTags": "WM/Genre", "VComment": "genre", "APEv2": "Genre"}
ID3V1_BYTES = 128  # at a file's end; the last one is the genre's number
NO_GENRE = 255


def require_mutagen() -> Any:
    """The package. Raises CommandError, which says how to get it."""
    try:
        return importlib.import_module("mutagen")
    except ImportError:
        raise CommandError(MISSING.format(python=shown(sys.executable))) from None


def write_genres(tagger: Tagger, journal: Journal, songs: Sequence[Song], *, is_meant: bool) -> int:
    """Of the songs that have one in the journal; only told unless it is meant. Returns how many failed.

    Songs of which the model is unsure are left alone, as are those that have the genre already, or, where several can
    be heard at once, all of those that are.
    """
    n_changes = n_failed = 0
    for song in songs:
        record = journal.record(song)
        genres = [] if "code" in record else claimed_genres(record["verdict"])
        if not genres:
            continue
        try:
            change = tagger.change(song.path, genres)
            if change is None:
                continue
            if is_meant:
                tagger.write(song.path, change[1])
                journal.move(song, Song(song.name, song.path, fingerprint(song.path)))
        except CommandError:  # the journal's: all that follows would fail, too
            raise
        except Exception as error:  # what mutagen raises is of many kinds; one song must not cost the others
            print(f"{shown(song.name)}: its genre cannot be written: {error or type(error).__name__}", file=sys.stderr)
            n_failed += 1
        else:
            print(f"{shown(song.name)}: {shown(names_in_one(change[0])) or '(none)'} -> {names_in_one(change[1])}")
            n_changes += 1
    told = "genres written" if is_meant else "genres would be written; nothing has been. With --yes they are"
    print(f"{n_changes} {told}")
    return n_failed


class Tagger:
    """Reads and writes the genre, and nothing else, of whatever mutagen knows."""

    def __init__(self, mutagen: Any) -> None:
        self._mutagen = mutagen
        self._id3 = importlib.import_module("mutagen.id3")

    def change(self, path: Path, genres: Sequence[str]) -> tuple[list[str], list[str]] | None:
        """(old genres, new ones) of a song; None where it has all of these already, however they are spelled."""
        names = [self.usual_name(genre) for genre in genres]
        old = self.genres(path)
        return None if {_plain(name) for name in names} <= {_plain(name) for name in old} else (old, names)

    def usual_name(self, genre: str) -> str:
        """As ID3 spells it, where it knows it: "Hip-Hop" for hiphop."""
        return next((name for name in self._id3.TCON.GENRES if _plain(name) == _plain(genre)), genre)

    def genres(self, path: Path) -> list[str]:
        """Those that the file names. Raises ValueError for files that mutagen does not know, and mutagen's errors."""
        tags = self._open(path).tags
        if tags is None:
            return []
        key = _key(tags)
        if key == "TCON":
            return list(tags["TCON"].genres) if "TCON" in tags else []
        return [str(value) for value in tags.get(key, [])]

    def write(self, path: Path, genres: Sequence[str]) -> None:
        """In a copy that then takes the song's place: whatever happens, a whole song is there. Raises as `genres`."""
        with stand_in(path) as fresh:
            shutil.copy2(path, fresh)
            self._set(fresh, genres)
            if self.genres(fresh) != list(genres):
                raise ValueError("it does not read as it was written")

    def _open(self, path: Path) -> Any:
        file = self._mutagen.File(path)
        if file is None:
            raise ValueError("mutagen does not know its format")
        return file

    def _set(self, path: Path, genres: Sequence[str]) -> None:
        file = self._open(path)
        if file.tags is None:
            file.add_tags()
        if _key(file.tags) == "TCON":
            self._set_id3(path, type(file), genres, file.tags.version)
        else:
            file.tags[_key(file.tags)] = list(genres)
            file.save()

    def _set_id3(self, path: Path, kind: Any, genres: Sequence[str], version: tuple[int, ...]) -> None:
        """In the tag's own version (2.2, which nobody writes any more, becomes 2.3): another changes dates and more.

        The tag of 1996 has room for the first genre.
        """
        old_end = _id3v1(path)
        minor = 3 if version[1] <= 3 and version > (1, 1) else 4
        file = kind(path, translate=version[1] == 2)
        if file.tags is None:
            file.add_tags()
        if minor == 3 and version[1] == 2:
            file.tags.update_to_v23()
        encoding = self._id3.Encoding.LATIN1 if all(map(str.isascii, genres)) else self._id3.Encoding.UTF8
        file.tags.setall("TCON", [self._id3.TCON(encoding=encoding, text=list(genres))])
        file.save(v2_version=minor, v23_sep=None)
        if old_end:
            numbers = {_plain(name): number for number, name in enumerate(self._id3.TCON.GENRES)}
            with path.open("rb+") as raw:  # mutagen has made it anew from the other tag
                raw.seek(-ID3V1_BYTES, 2)
                raw.write(old_end[:-1] + bytes([min(numbers.get(_plain(genres[0]), NO_GENRE), NO_GENRE)]))


def _id3v1(path: Path) -> bytes:
    """The tag of 1996 at the file's end; nothing where there is none."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - ID3V1_BYTES))
        end = file.read()
    return end if end.startswith(b"TAG") and len(end) == ID3V1_BYTES else b""


def _key(tags: Any) -> str:
    names = [each.__name__ for each in type(tags).__mro__]
    found = next((KEYS[name] for name in names if name in KEYS), None)
    if found is None:
        raise ValueError(f"its tags ({names[0]}) have no genre that is known here")
    return found


def _plain(genre: str) -> str:
    """For comparing: letters and digits."""
    return "".join(letter for letter in genre.casefold() if letter.isalnum())
