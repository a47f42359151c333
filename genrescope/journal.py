"""What has been heard so far, a line of JSON a song: kept whatever ends the program, at whatever moment."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from genrescope.errors import CommandError, SourceError
from genrescope.folder import Song
from model.song_stream import Analysis

# What can be otherwise next time though the file is the same: asked for more minutes, on a faster or repaired machine.
PASSING = {"too_long", "decode_timeout", "unreadable", "internal_error"}


class _Line(NamedTuple):
    offset: int
    fingerprint: str
    has_rows: bool
    code: str | None


class Journal:
    """One file, and one program at a time. Raises CommandError when it cannot be written, or another has it.

    model: songs that another one heard count as not heard.
    """

    def __init__(self, path: Path, model: str) -> None:
        self._path, self._model = path, model
        self._lines: dict[str, _Line] = {}  # by the song's name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+b")
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}. Choose another --out") from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # the system gives it back, however we end
        except OSError as error:
            self._file.close()
            raise CommandError(f"another genrescope is at work with {path}") from error
        self._read()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def knows(self, song: Song, *, with_rows: bool) -> bool:
        """Whether this very file was heard, with its rows where those are wanted, or is known to be no song."""
        line = self._lines.get(song.name)
        if line is None or line.fingerprint != song.fingerprint:
            return False
        if line.code is not None:
            return line.code not in PASSING
        return line.has_rows or not with_rows

    def add(self, song: Song, outcome: Analysis | SourceError, *, with_rows: bool) -> None:
        """Written before this returns."""
        self._append(song, _record(outcome, with_rows=with_rows))

    def move(self, before: Song, now: Song) -> None:
        """The song has changed, and sounds as it did."""
        record = self.record(before)
        self._append(now, {key: value for key, value in record.items() if key not in ("path", "fingerprint", "model")})

    def record(self, song: Song) -> dict[str, Any]:
        """What was heard of a song, or why nothing: {"path", "fingerprint", "model"} and either part of `_record`."""
        self._file.seek(self._lines[song.name].offset)
        return dict(json.loads(self._file.readline()))

    def _append(self, song: Song, content: Mapping[str, Any]) -> None:
        record = {"path": song.name, "fingerprint": song.fingerprint, "model": self._model, **content}
        offset = self._file.seek(0, os.SEEK_END)
        try:
            # ASCII: names that are no UTF-8 come back as they were.
            self._file.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")
            self._file.flush()
        except OSError as error:
            raise CommandError(f"{self._path} cannot be written: {error.strerror}") from error
        self._take(offset, record)

    def _read(self) -> None:
        """All lines, of which later ones count; the last may have been torn by a sudden end, and is cut off."""
        offset = 0
        self._file.seek(0)
        for line in self._file:
            if not line.endswith(b"\n"):
                self._file.truncate(offset)
                break
            try:
                record = json.loads(line)
                if record["model"] == self._model:
                    self._take(offset, record)
            except (ValueError, KeyError, TypeError):
                pass  # nothing that we wrote: that song is heard again
            offset += len(line)

    def _take(self, offset: int, record: Mapping[str, Any]) -> None:
        code, rows = record.get("code"), record.get("probabilities")
        self._lines[record["path"]] = _Line(offset, record["fingerprint"], rows is not None, code)


def _record(outcome: Analysis | SourceError, *, with_rows: bool) -> dict[str, Any]:
    if isinstance(outcome, SourceError):
        return {"code": outcome.code, "detail": str(outcome)}
    whole = outcome.to_json()
    rows = ("step_s", "probabilities", "unsure") if with_rows else ()
    return {key: whole[key] for key in ("duration_s", "verdict", *rows)}
