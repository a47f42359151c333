"""`python -m tests.parity`: how far the page is from Python, stage by stage, as a table.

Every signal and file goes through the page's own modules in a real browser and through model/. A cell shows the worst
deviation, with "!" behind it where it is more than is allowed, and in brackets where nothing is promised. The exit code
is 1 when a tolerance is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from model.predictor import Predictor
from tests.conftest import OTHER_PEOPLES_SONGS
from tests.page.browser import Page
from tests.page.browsers import BROWSERS
from tests.parity import table
from tests.parity.files import SongFile, encoded_songs, own_songs, songs_of_others
from tests.parity.measure import Result, measure_file, measure_signal
from tests.parity.signals import RATES_HZ, Signal, signals
from tests.support import REPOSITORY, ServerProcess

ENGINES = {name.lower(): browser for name, browser in BROWSERS.items()}


def main(arguments: Sequence[str], **faults: Any) -> int:
    """Prints the table and gives the exit code. `faults` are made in the page, to see that they are found."""
    options = _options(arguments)
    browser = ENGINES[options.browser]
    if reason := browser.why_not():
        print(reason, file=sys.stderr)
        return 2
    server = ServerProcess()
    try:
        server.wait_for_page()
        with tempfile.TemporaryDirectory() as folder, browser.open() as driver:
            songs = (song for song in _songs(Path(folder)) if _is_asked_for(song, options.names))
            results = _print_table(Page(driver, server.url), songs, faults)
    finally:
        server.stop()
    if options.json:
        options.json.write_text(json.dumps(table.as_json(results), indent=1), encoding="utf-8")
    return int(any(result.missed for result in results) or not results)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=str(__doc__).split("\n", 2)[2])
    parser.add_argument("names", nargs="*", help="only signals and files whose name contains one of these")
    parser.add_argument("--browser", choices=ENGINES, default="chromium")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there")
    return parser.parse_args(arguments)


def _songs(folder: Path) -> Iterator[Signal | SongFile]:
    yield from signals()
    yield from encoded_songs(folder)
    yield from own_songs()
    if OTHER_PEOPLES_SONGS.is_dir():
        yield from songs_of_others(OTHER_PEOPLES_SONGS)


def _is_asked_for(song: Signal | SongFile, names: Sequence[str]) -> bool:
    return not names or any(name in song.name for name in names)


def _print_table(page: Page, songs: Iterable[Signal | SongFile], faults: dict[str, Any]) -> list[Result]:
    predictor = Predictor(REPOSITORY / "model")
    results: list[Result] = []
    notes: dict[str, str] = {}
    print(f"Signals: the worst of {len(RATES_HZ)} rates, 8 to 192 kHz.\n\n{table.heading()}")
    for name, of_one_row in groupby(songs, lambda song: song.kind if isinstance(song, Signal) else song.name):
        row = [_measure(page, predictor, song, faults) for song in of_one_row]
        mark = notes.setdefault(row[0].note, f" [{len(notes) + 1}]") if row[0].note else ""
        print(table.row(name, row, mark), flush=True)
        results += row
    print("", *(f"{mark.strip()} {note}" for note, mark in notes.items()), table.verdict(results), sep="\n")
    return results


def _measure(page: Page, predictor: Predictor, song: Signal | SongFile, faults: dict[str, Any]) -> Result:
    if isinstance(song, Signal):
        return measure_signal(page, predictor, song, **faults)
    return measure_file(page, predictor, song, **faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
