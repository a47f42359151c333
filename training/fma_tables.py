"""FMA's two tables: tracks.csv, whose columns have names of two levels over three lines, and genres.csv."""

from __future__ import annotations

import ast
import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeVar

from training.errors import TrainingError

PART_OF_SPLIT = {"training": "train", "validation": "valid", "test": "test"}
COLUMNS = (("set", "split"), ("set", "subset"), ("track", "genre_top"), ("track", "genres"), ("track", "genres_all"))
T = TypeVar("T")
LONGEST_SHOWN = 60  # characters of a field that is not as it must be
LONGEST_FIELD = 2**31 - 1  # biographies are longer than Python's csv takes unless told


@dataclass(frozen=True)
class FmaGenre:
    """A line of genres.csv; `parent` is 0 at the top."""

    title: str
    parent: int


@dataclass(frozen=True)
class FmaRow:
    """What training asks of a line of tracks.csv. `split` is train, valid or test; `genre_top` may be ""."""

    track_id: int
    split: str
    subset: str
    genre_top: str
    genres: frozenset[int]


def read_genres(path: Path) -> dict[int, FmaGenre]:
    """By number. Raises TrainingError when the file is not FMA's table."""
    with _opened(path) as file:
        reader = csv.DictReader(file)
        _check_columns(path, [*(reader.fieldnames or ())], ["genre_id", "parent", "title"])
        genres: dict[int, FmaGenre] = {}
        for row in reader:
            field = _Fields(path, reader.line_num, row).read
            genres[field("genre_id", int)] = FmaGenre(field("title", str), field("parent", int))
        return genres


def read_tracks(path: Path) -> Iterator[FmaRow]:
    """In the order of the file, some as it is read. Raises TrainingError when the file is not FMA's table."""
    with _opened(path) as file:
        reader = csv.reader(file)
        names = list(zip(*(next(reader, []) for _ in range(2)), strict=False))
        _check_columns(path, [f"{one}/{other}" for one, other in names], [f"{one}/{other}" for one, other in COLUMNS])
        if next(reader, [""])[0] != "track_id":
            raise TrainingError(f"{path}: the third line does not begin with track_id, as FMA's does")
        columns = ["track_id", *(f"{one}/{other}" for one, other in names[1:])]
        for row in reader:
            field = _Fields(path, reader.line_num, dict(zip(columns, row, strict=False))).read
            yield FmaRow(
                track_id=field("track_id", int),
                split=field("set/split", PART_OF_SPLIT.__getitem__),
                subset=field("set/subset", str),
                genre_top=field("track/genre_top", str),
                genres=field("track/genres", _numbers) | field("track/genres_all", _numbers),
            )


@dataclass(frozen=True)
class _Fields:
    """A line's texts by column; a line too short has None, or lacks some. `line`: its last one in the file."""

    path: Path
    line: int
    texts: Mapping[str, str | None]

    def read(self, column: str, convert: Callable[[str], T]) -> T:
        """Raises TrainingError that names the place when it is not what FMA has there."""
        text = self.texts.get(column)
        try:
            if text is None:
                raise ValueError
            return convert(text)
        except (ValueError, KeyError, SyntaxError, TypeError) as error:
            found = "missing" if text is None else repr(text[:LONGEST_SHOWN])
            raise TrainingError(
                f"{self.path} is not as FMA's: in line {self.line}, column {column} is {found}"
            ) from error


def _numbers(text: str) -> frozenset[int]:
    """Of a Python list, as FMA writes them: "[76, 103]"."""
    return frozenset(map(int, ast.literal_eval(text)))


def _check_columns(path: Path, found: Sequence[str], wanted: Sequence[str]) -> None:
    if missing := [name for name in wanted if name not in found]:
        raise TrainingError(
            f"{path} has no column {', '.join(missing)}: give the folder that fma_metadata.zip unzips to, with its "
            "tracks.csv and genres.csv as they are"
        )


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """What goes wrong while it is read is said to be the file's fault."""
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8", newline="") as file:
            yield file
    except OSError as error:
        raise TrainingError(
            f"{path} cannot be read: {error.strerror}. --fma is the folder that fma_metadata.zip unzips to"
        ) from error
    except (csv.Error, ValueError, IndexError) as error:  # no table, or no UTF-8
        raise TrainingError(f"{path} is not as FMA's: {error}") from error
