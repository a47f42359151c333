"""`genrescope predict FILE|URL…`: what is heard in single songs, for people or for programs."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from genrescope.chunks import chunks_object
from genrescope.download import MOST_BYTES, URL, download, yt_dlp_command
from genrescope.errors import SourceError
from genrescope.listener import Listener
from genrescope.words import chunks_words, shown, song_words
from model.music_files import printable
from model.song_stream import Analysis
from model.telling import as_object, csv_lines

Outcome = Analysis | SourceError
STANDARD_INPUT = "-"
CHUNK_BYTES = 2**20


def predict(options: argparse.Namespace) -> int:
    """The exit code: 1 when some songs could not be heard. Raises CommandError."""
    if any(URL.match(source) for source in options.sources):
        yt_dlp_command()  # said before anything is heard
    listener = Listener(options.model, options.max_minutes)
    songs = []
    for source in options.sources:
        outcome = _outcome(listener, source, options.hop_s)
        songs.append((printable(source), outcome))
        if isinstance(outcome, SourceError):
            print(f"{shown(source)}: {outcome.code}: {shown(str(outcome))}", file=sys.stderr)
        elif not (options.json or options.csv):
            print(song_words(source, outcome, options.top), flush=True)
            if options.chunk_s:
                print(chunks_words(outcome, options.chunk_s), flush=True)
    if options.json:
        print(
            json.dumps(
                _as_json(songs, options.top, options.chunk_s),
                ensure_ascii=False,
                allow_nan=False,
                separators=(",", ":"),
            )
        )
    if options.csv:
        told = [(name, outcome.code if isinstance(outcome, SourceError) else outcome) for name, outcome in songs]
        sys.stdout.writelines(csv_lines(told, options.top))
    return 1 if any(isinstance(outcome, SourceError) for _, outcome in songs) else 0


def _outcome(listener: Listener, source: str, step_s: float | None) -> Outcome:
    try:
        with _as_file(source, listener.most_s) as path:
            return listener.hear(path, step_s)
    except SourceError as error:
        return error


def _as_json(songs: list[tuple[str, Outcome]], top: int | None, chunk_s: float | None) -> dict[str, Any]:
    """As /predict: the result of a song that came alone, or of several each by name; chunks beside it if asked for."""
    told = [_told(outcome, top, chunk_s) for _, outcome in songs]
    if len(songs) == 1:
        return dict(next(iter(told[0].values())))
    return {"results": [{"name": name, **each} for (name, _), each in zip(songs, told, strict=True)]}


def _told(outcome: Outcome, top: int | None, chunk_s: float | None) -> dict[str, dict[str, Any]]:
    if isinstance(outcome, SourceError):
        return {"problem": {"code": outcome.code, "detail": str(outcome)}}
    chunks = chunks_object(outcome, chunk_s, top) if chunk_s else {}
    return {"prediction": as_object(outcome, top) | chunks}


@contextmanager
def _as_file(source: str, most_s: float | None) -> Iterator[Path]:
    """A file that can be read several times; one that was made for it is deleted afterwards. Raises SourceError."""
    path = Path(source)
    is_elsewhere = URL.match(source) or source == STANDARD_INPUT
    if path.is_file() and not is_elsewhere:
        yield path
        return
    if path.is_dir():
        raise SourceError("unreadable", "This is a folder: `genrescope tag` hears whole folders.")
    if not path.exists() and not is_elsewhere:
        raise SourceError("unreadable", "There is no such file.")
    with tempfile.TemporaryDirectory(prefix="genrescope-") as name:
        folder = Path(name)
        if URL.match(source):
            yield download(source, folder, most_s)
        elif source == STANDARD_INPUT:
            yield _copy(sys.stdin.buffer, folder / "song")
        else:  # a pipe, as of `<(…)`
            with path.open("rb") as pipe:
                yield _copy(pipe, folder / "song")


def _copy(stream: IO[bytes], path: Path) -> Path:
    with path.open("wb") as file:
        while chunk := stream.read(CHUNK_BYTES):
            if file.tell() + len(chunk) > MOST_BYTES:
                raise SourceError("too_large", f"This is larger than {MOST_BYTES // 10**6} MB.")
            file.write(chunk)
    return path
