"""The songs of a catalogue, in an order that is written down once: what a shard is does not change while a job runs."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path, PurePosixPath

import pyarrow as pa
import pyarrow.parquet as pq

from genrescope.catalogue.places import Place, place_of, walk
from genrescope.errors import CommandError, SourceError
from genrescope.folder import find_songs
from model.music_files import AUDIO_SUFFIXES

NAMES = pa.schema([pa.field("name", pa.binary(), nullable=False)])  # bytes: of old files they may be no UTF-8
GROUP = 2**16  # names that are in memory together
COLUMN = "path"


def songs_of(source: Place) -> tuple[Iterable[str], dict[str, SourceError]]:
    """Names, each once, and the folders that cannot be looked into. Raises CommandError where there is no catalogue.

    Those of a folder are below it, and those of a list what it says.
    """
    if source.is_file():
        return _listed(source), {}
    if not source.is_folder():
        raise CommandError(f"{source} is neither a folder nor a Parquet file with a list of songs")
    if source.store:
        return (name for name in walk(source) if PurePosixPath(name).suffix.lower() in AUDIO_SUFFIXES), {}
    songs, unreadable = find_songs(Path(source.path))
    return (song.name for song in songs), unreadable


def root_of(source: Place) -> str:
    """What names lie below: the folder itself, or the one that the list is in."""
    return str(source.parent if source.is_file() else source)


def located(root: str, name: str) -> Place:
    """A song's place; what a list has in full stands for itself. Raises SourceError."""
    try:
        return place_of(f"{root.rstrip('/')}/{name}" if _is_below(name) else name)
    except SourceError:
        raise
    except CommandError as error:
        raise SourceError("unreadable", f"{error}.") from error


def check_reach(root: str, names: Iterable[str]) -> None:
    """Raises CommandError where songs lie below a folder that this machine lacks: a mount, whose place is empty."""
    place = place_of(root)
    if place.store or not any(map(_is_below, names)):
        return
    try:
        with os.scandir(place.path) as entries:
            reason = "" if any(entries) else "which is empty"
    except OSError as error:
        reason = str(error.strerror)
    if reason:
        raise CommandError(
            f"{root} is not to be read on {os.uname().nodename}, {reason}: all machines need the songs in reach"
        )


def _is_below(name: str) -> bool:
    return "://" not in name and not name.startswith("/")


def write_names(place: Place, names: Iterable[str]) -> int:
    """Into one Parquet file; how many there are. Raises CommandError."""
    n_songs, remaining = 0, iter(names)
    try:
        if not place.store:
            Path(place.path).parent.mkdir(parents=True, exist_ok=True)
        with place.filesystem.open_output_stream(place.path) as stream, pq.ParquetWriter(stream, NAMES) as writer:
            while group := list(islice(remaining, GROUP)):
                writer.write_table(names_table(group))
                n_songs += len(group)
    except OSError as error:
        raise CommandError(f"{place} cannot be written: {error.strerror or error}") from error
    return n_songs


def names_table(names: Iterable[str]) -> pa.Table:
    """One column."""
    return pa.table({"name": pa.array([os.fsencode(name) for name in names], pa.binary())}, NAMES)


def read_shards(place: Place, n_songs: int) -> Iterator[list[bytes]]:
    """The names of each shard, n_songs at a time. Raises CommandError."""
    names = _names(place)
    return iter(lambda: list(islice(names, n_songs)), [])


def _names(place: Place) -> Iterator[bytes]:
    try:
        with place.filesystem.open_input_file(place.path) as file, pq.ParquetFile(file) as parquet:
            for batch in parquet.iter_batches(GROUP):
                yield from batch.column("name").to_pylist()
    except (OSError, pa.ArrowInvalid) as error:
        raise CommandError(f"{place} cannot be read: {error}") from error


def _listed(source: Place) -> Iterator[str]:
    """What the list's column has, at its first place only: some 100 bytes of memory a song."""
    seen: set[bytes] = set()
    try:
        with source.filesystem.open_input_file(source.path) as file, pq.ParquetFile(file) as parquet:
            if COLUMN not in parquet.schema_arrow.names:
                raise CommandError(f"{source} has no column {COLUMN!r}, but {', '.join(parquet.schema_arrow.names)}")
            for batch in parquet.iter_batches(GROUP, columns=[COLUMN]):
                for value in batch.column(COLUMN).to_pylist():
                    name = os.fsdecode(value) if isinstance(value, bytes) else value
                    if not isinstance(name, str) or not name:
                        raise CommandError(f"{source} has rows without a {COLUMN}, or with one that is no text")
                    key = hashlib.blake2b(os.fsencode(name), digest_size=16).digest()
                    if key not in seen:
                        seen.add(key)
                        yield name
    except (OSError, pa.ArrowInvalid) as error:
        raise CommandError(f"{source} is no Parquet file that can be read: {error}") from error
