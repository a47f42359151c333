"""What a catalogue's job leaves: Parquet parts, a shard each, and what they were made with.

    catalogue.json                  model, genres and input; there from the moment on that the songs are listed
    manifest.parquet                the songs' names, in the order of the shards
    songs/part-00000012.parquet     the songs of shard 12 that were heard; the shard is done when this is there
    quarantine/part-00000012.parquet    those that could not be heard, and why

A part is written as a whole or not at all, and never again once its songs are there: a shard that is begun anew all the
same may find a store in another mood, and a song would be in both of its parts, or in none.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from genrescope.catalogue.places import Place
from genrescope.errors import CommandError, SourceError
from model.contract import Contract
from model.music_files import printable
from model.song_stream import Analysis

FORMAT = 1
PART = re.compile(r"part-(\d{8})\.parquet")
QUARANTINE = pa.schema(
    [
        pa.field("path", pa.string(), nullable=False),
        pa.field("path_bytes", pa.binary()),
        pa.field("code", pa.string(), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True)
class Heard:
    """A song, or why there is none. size_bytes, modified_ns: of the file that was heard, where they are known."""

    name: str
    outcome: Analysis | SourceError
    size_bytes: int | None = None
    modified_ns: int | None = None


@dataclass(frozen=True)
class Output:
    """The folder."""

    place: Place

    @property
    def about(self) -> Place:
        return self.place / "catalogue.json"

    @property
    def manifest(self) -> Place:
        return self.place / "manifest.parquet"

    @property
    def songs(self) -> Place:
        return self.place / "songs"

    @property
    def quarantine(self) -> Place:
        return self.place / "quarantine"

    def read_about(self) -> dict[str, Any] | None:
        """What catalogue.json says; None where there is none yet. Raises CommandError."""
        if not self.about.is_file():
            return None
        try:
            about = json.loads(self.about.read())
        except ValueError:
            about = None
        if not isinstance(about, dict) or about.get("format") != FORMAT:
            raise CommandError(f"{self.about} is not as this version of genrescope writes it: choose another OUTPUT")
        return about

    def write_about(self, about: Mapping[str, Any]) -> None:
        """Raises CommandError."""
        self.about.write(json.dumps({"format": FORMAT, **about}, indent=2).encode() + b"\n")

    def done(self) -> set[int]:
        """The shards that need not be heard again. Raises CommandError."""
        for folder in (self.place, self.songs, self.quarantine):
            folder.forget_unfinished()
        matches = (PART.fullmatch(entry.base_name) for entry in self.songs.entries())
        return {int(match[1]) for match in matches if match}

    def commit(self, shard: int, contract: Contract, songs: Sequence[Heard]) -> None:
        """The shard is done once this returns. Raises CommandError."""
        name = f"part-{shard:08}.parquet"
        if (self.songs / name).is_file():  # by an attempt that was ended after it, or thought to be
            return
        refused = [song for song in songs if isinstance(song.outcome, SourceError)]
        if refused:
            (self.quarantine / name).write(_parquet(_problem_table(refused)))
        else:  # of an attempt that was ended before it had written its songs
            (self.quarantine / name).delete()
        heard = [song for song in songs if not isinstance(song.outcome, SourceError)]
        (self.songs / name).write(_parquet(_song_table(contract, heard)))

    def quarantined(self, most: int) -> tuple[int, list[dict[str, str]]]:
        """How many there are, and what is known of the first ones. Raises CommandError."""
        if not any(PART.fullmatch(entry.base_name) for entry in self.quarantine.entries()):
            return 0, []
        try:
            found = ds.dataset(self.quarantine.path, QUARANTINE, "parquet", filesystem=self.quarantine.filesystem)
            columns = ["path", "code", "detail"]
            return int(found.count_rows()), found.head(most, columns).to_pylist()
        except (OSError, pa.ArrowInvalid) as error:
            raise CommandError(f"{self.quarantine} cannot be read: {error}") from error


def song_schema(contract: Contract) -> pa.Schema:
    """Of songs/: docs/catalogue.md explains it. Its metadata have the model."""
    genres = [pa.field(genre, pa.float32(), nullable=False) for genre in contract.genres]
    row = [
        pa.field("start_s", pa.float64(), nullable=False),
        pa.field("unsure", pa.bool_(), nullable=False),
        pa.field("probabilities", pa.struct(genres), nullable=False),
    ]
    fields = [
        ("path", pa.string(), False),
        ("path_bytes", pa.binary(), True),
        ("size_bytes", pa.int64(), True),
        ("modified", pa.timestamp("ns", "UTC"), True),
        ("duration_s", pa.float64(), False),
        ("genre", pa.string(), False),
        ("confidence", pa.float32(), False),
        ("unsure", pa.bool_(), False),
        ("genres", pa.list_(pa.field("element", pa.string(), nullable=False)), True),
        ("probabilities", pa.struct(genres), False),
        ("rows", pa.list_(pa.field("element", pa.struct(row), nullable=False)), False),
    ]
    metadata = {"genrescope.model": contract.name, "genrescope.model_version": contract.version}
    return pa.schema([pa.field(name, kind, nullable=nullable) for name, kind, nullable in fields], metadata)


def _song_table(contract: Contract, songs: Iterable[Heard]) -> pa.Table:
    return pa.Table.from_pylist([_song(song, song.outcome) for song in songs], song_schema(contract))


def _song(song: Heard, analysis: Any) -> dict[str, Any]:
    """As /predict tells it, rounded likewise."""
    whole = analysis.to_json()
    verdict, step_s, genres = whole["verdict"], whole["step_s"], whole["genres"]
    rows = zip(whole["probabilities"], whole["unsure"], strict=True)
    return {
        **_named(song.name),
        "size_bytes": song.size_bytes,
        "modified": song.modified_ns,
        "duration_s": whole["duration_s"],
        **{key: verdict.get(key) for key in ("genre", "confidence", "unsure", "genres", "probabilities")},
        "rows": [
            {"start_s": place * step_s, "unsure": unsure, "probabilities": dict(zip(genres, row, strict=True))}
            for place, (row, unsure) in enumerate(rows)
        ],
    }


def _problem_table(songs: Iterable[Heard]) -> pa.Table:
    rows = [{**_named(song.name), **_problem(song.outcome)} for song in songs]
    return pa.Table.from_pylist(rows, QUARANTINE)


def _problem(error: Any) -> dict[str, str]:
    return {"code": error.code, "detail": printable(str(error))}


def _named(name: str) -> dict[str, Any]:
    path = printable(name)
    return {"path": path, "path_bytes": os.fsencode(name) if path != name else None}


def _parquet(table: pa.Table) -> bytes:
    stream = pa.BufferOutputStream()
    pq.write_table(table, stream, compression="zstd")
    return bytes(stream.getvalue())
