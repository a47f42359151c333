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
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from model.predictor import Predictor
from tests.conftest import OTHER_PEOPLES_SONGS
from tests.page.browser import Page
from tests.page.browsers import BROWSERS
from tests.parity import table
from tests.parity.files import ENCODINGS, Encoding, SongFile, own_songs, songs_of_others
from tests.parity.firefox import FIREFOX
from tests.parity.measure import SONG_TIMEOUT_S, Result, measure_file, measure_signal
from tests.parity.signals import RATES_HZ, Signal, signals
from tests.support import REPOSITORY, ServerProcess

ENGINES = {"chromium": BROWSERS["Chromium"], "firefox": FIREFOX, "webkit": BROWSERS["WebKit"]}


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
        with browser.open() as driver:
            driver.set_script_timeout(SONG_TIMEOUT_S)
            results = print_table(Page(driver, server.url), Predictor(REPOSITORY / "model"), options.names, **faults)
    finally:
        server.stop()
    if options.json:
        options.json.write_text(json.dumps(table.as_json(results), indent=1), encoding="utf-8")
    return int(any(result.missed for result in results) or not results)


def print_table(page: Page, predictor: Predictor, names: Sequence[str], **faults: Any) -> list[Result]:
    """Row by row as they are measured, then the notes and the verdict."""
    results: list[Result] = []
    notes: dict[str, str] = {}
    print(f"Signals: the worst of {len(RATES_HZ)} rates, 8 to 192 kHz.\n\n{table.heading()}")
    songs = (song for song in _songs() if not names or any(name in song.name for name in names))
    for row, its_songs in groupby(songs, lambda song: song.kind if isinstance(song, Signal) else song.name):
        its_results = [_measure(page, predictor, song, faults) for song in its_songs]
        if note := its_results[0].note:
            row += notes.setdefault(note, f" [{len(notes) + 1}]")
        print(table.row(row, its_results), flush=True)
        results += its_results
    print("", *(f"{mark.strip()} {note}" for note, mark in notes.items()), table.verdict(results), sep="\n")
    return results


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.parity", description=str(__doc__).split("\n", 2)[2])
    parser.add_argument("names", nargs="*", help="only signals and files whose name contains one of these")
    parser.add_argument("--browser", choices=ENGINES, default="chromium")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every number there")
    return parser.parse_args(arguments)


def _songs() -> Iterator[Signal | Encoding | SongFile]:
    yield from signals()
    yield from ENCODINGS
    yield from own_songs()
    if OTHER_PEOPLES_SONGS.is_dir():
        yield from songs_of_others(OTHER_PEOPLES_SONGS)


def _measure(page: Page, predictor: Predictor, song: Signal | Encoding | SongFile, faults: dict[str, Any]) -> Result:
    if isinstance(song, Signal):
        return measure_signal(page, predictor, song, **faults)
    if isinstance(song, SongFile):
        return measure_file(page, predictor, song, **faults)
    with tempfile.TemporaryDirectory() as folder:
        return measure_file(page, predictor, song.write(Path(folder)), **faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
