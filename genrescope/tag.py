"""`genrescope tag FOLDER`: every song is heard once, and what was heard is written down."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tqdm import tqdm

from genrescope.errors import CommandError, SourceError
from genrescope.folder import Song, find_songs
from genrescope.genre_tags import Tagger, require_mutagen, write_genres
from genrescope.journal import Journal
from genrescope.listener import Listener
from genrescope.options import FORMATS
from genrescope.outputs import json_lines, table_lines
from genrescope.playlists import write_playlists
from genrescope.whole_files import write_whole
from genrescope.words import shown
from model.contract import Contract
from model.cores import usable_cores


@dataclass(frozen=True)
class Places:
    """Where to write what; None: not at all."""

    journal: Path
    json: Path | None = None
    csv: Path | None = None
    playlists: Path | None = None


def tag(options: argparse.Namespace) -> int:
    """The exit code: 1 when some songs could not be heard, or not be written to. Raises CommandError."""
    music = Path(options.folder)
    if not music.is_dir():
        raise CommandError(f"{shown(str(music))} is no folder: give one with music in it, or use `genrescope predict`")
    places = places_for(options.out or music / "genrescope", options.format)
    tagger = Tagger(require_mutagen()) if options.write_genre else None
    listener = Listener(options.model, options.max_minutes, options.jobs or usable_cores())
    contract = listener.contract
    songs, unreadable = find_songs(music)
    with Journal(places.journal, f"{contract.name} {contract.version}") as journal:
        new = [song for song in songs if not journal.knows(song, with_rows=options.rows)]
        _hear(listener, journal, new, len(songs), with_rows=options.rows)
        _write(places, contract, journal, songs, music, with_rows=options.rows)
        failed = {song.name: record for song in songs if "code" in (record := journal.record(song))}
        n_unwritten = write_genres(tagger, journal, songs, is_meant=options.yes) if tagger else 0
    problems = {**{name: (each["code"], each["detail"]) for name, each in failed.items()}, **_told(unreadable)}
    _report(places, len(songs), len(new), problems)
    return 1 if problems or n_unwritten else 0


def places_for(out: Path, formats: Sequence[str] | None) -> Places:
    """Of a folder, or of one file by its ending. Raises CommandError for what does not go together."""
    kind = out.suffix.lower().lstrip(".")
    if kind in ("json", "csv") and not out.is_dir():
        if formats and formats != (kind,):
            raise CommandError(f"--out {out} is one file of {kind}: give a folder for other formats")
        return Places(out.with_name(f"{out.name}.journal"), **{kind: out})
    if kind in ("m3u", "m3u8") or (out.exists() and not out.is_dir()):
        raise CommandError(f"--out {out} must be a folder, or a file that ends with .json or .csv")
    chosen = formats or FORMATS
    return Places(
        out / "journal.jsonl",
        json=out / "songs.json" if "json" in chosen else None,
        csv=out / "songs.csv" if "csv" in chosen else None,
        playlists=out / "playlists" if "m3u" in chosen else None,
    )


def _hear(listener: Listener, journal: Journal, new: Sequence[Song], n_songs: int, *, with_rows: bool) -> None:
    if not new:
        return
    print(f"hearing {len(new)} of {n_songs} songs", file=sys.stderr, flush=True)
    listener.load()  # before the bar begins to measure how fast it goes
    outcomes = listener.hear_all([song.path for song in new])
    is_shown = sys.stderr.isatty()
    with closing(outcomes), tqdm(total=n_songs, initial=n_songs - len(new), unit=" songs", disable=not is_shown) as bar:
        for place, outcome in outcomes:
            journal.add(new[place], outcome, with_rows=with_rows)
            bar.update()


def _write(
    places: Places, contract: Contract, journal: Journal, songs: Sequence[Song], music: Path, *, with_rows: bool
) -> None:
    def records() -> Iterator[dict[str, Any]]:
        return map(journal.record, songs)  # read again for each file: rows of a whole collection fill the memory

    if places.json:
        write_whole(places.json, json_lines(contract, records(), with_rows=with_rows))
    if places.csv:
        write_whole(places.csv, table_lines(contract, records()))
    if places.playlists:
        heard = (record for record in records() if "code" not in record)
        write_playlists(places.playlists, music, contract.genres, heard)


def _told(problems: Mapping[str, SourceError]) -> dict[str, tuple[str, str]]:
    return {name: (error.code, str(error)) for name, error in problems.items()}


def _report(places: Places, n_songs: int, n_new: int, problems: Mapping[str, tuple[str, str]]) -> None:
    for name, (code, detail) in problems.items():
        print(f"{shown(name)}: {code}: {detail}", file=sys.stderr)
    written = _existing((places.json, places.csv, places.playlists))
    failed = f", {len(problems)} of them could not be heard" if problems else ""
    print(f"{n_songs} songs, {n_new} of them heard now{failed}: {written}")


def _existing(places: Iterable[Path | None]) -> str:
    return ", ".join(shown(str(place)) for place in places if place)
