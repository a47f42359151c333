"""What `tag` writes of a folder's songs: JSON and CSV, a song a line."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from model.contract import Contract
from model.csv_text import csv_line
from model.music_files import printable
from model.song_stream import labelling
from model.telling import names_in_one

Record = Mapping[str, Any]  # a line of the journal


def json_lines(contract: Contract, records: Iterable[Record], *, with_rows: bool) -> Iterator[str]:
    """One object: model, genres, and `songs`, each with its path and either its verdict or its problem."""
    head: dict[str, Any] = {"model": {"name": contract.name, "version": contract.version}, "genres": contract.genres}
    head |= labelling(contract.rows)
    yield _json(head)[:-1] + ', "songs": ['
    between = "\n"
    for record in records:
        yield between + _json(_entry(record, with_rows=with_rows))
        between = ",\n"
    yield "\n]}\n"


def table_lines(contract: Contract, records: Iterable[Record]) -> Iterator[str]:
    """A line a song; the last column has the code of what was wrong with those that could not be heard.

    Where several genres can be heard at once, a column names those that are.
    """
    genres = contract.genres
    heard = ["heard"] if contract.rows.is_multi_label else []
    yield csv_line(["path", "genre", "confidence", "unsure", *heard, "duration_s", *genres, "problem"])
    for record in records:
        path = printable(record["path"])
        if "code" in record:
            yield csv_line([path, *[""] * (4 + len(heard) + len(genres)), record["code"]])
        else:
            verdict = record["verdict"]
            several = [names_in_one(verdict["genres"])] if heard else []
            told = (verdict["genre"], verdict["confidence"], verdict["unsure"], *several, record["duration_s"])
            yield csv_line([path, *told, *(verdict["probabilities"][genre] for genre in genres), ""])


def _entry(record: Record, *, with_rows: bool) -> dict[str, Any]:
    name = record["path"]
    path = {"path": printable(name)}
    if path["path"] != name:  # bytes that are no UTF-8: no text can have them
        path["path_base64"] = base64.b64encode(os.fsencode(name)).decode()
    if "code" in record:
        return {**path, "problem": {"code": record["code"], "detail": record["detail"]}}
    rows = ("step_s", "probabilities", "unsure") if with_rows else ()
    return {**path, **{key: record[key] for key in ("duration_s", "verdict", *rows)}}


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, allow_nan=False)
