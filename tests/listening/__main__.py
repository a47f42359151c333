"""`python -m tests.listening SONGS_FOLDER`: whole songs through the page, and how well and steadily it hears them.

A real server and a real browser. Of each song: the verdict beside the genre that the folder's tracks.tsv names, its
confidence, and the flicker of its chart. Of a medley: how soon each change is seen. Songs of a known genre and lossless
ones also go through in other formats and at other levels. The exit code is 1 when something could not be heard.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.listening import table
from tests.listening.catalogue import Song, songs_below
from tests.listening.listener import Listener
from tests.listening.measure import Entry, converted, evidence, heard_medley, heard_songs, to_convert
from tests.page.browsers import BROWSERS
from tests.support import REPOSITORY, ServerProcess
from training.errors import TrainingError
from training.evidence import write_evidence

MEDLEY = REPOSITORY / "static" / "sample" / "medley.mp3"
BROWSER = BROWSERS["Chromium"]


def main(arguments: Sequence[str]) -> int:
    """Prints what is heard, writes songs.json, and gives the exit code."""
    options = _options(arguments)
    try:
        songs = songs_below(options.songs)
        _check_what_it_takes(options.medley)
        data = _listen(songs, options.medley)
        path = write_evidence(options.evidence, "songs", data)
    except TrainingError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"\nall figures: {path}")
    return int(bool(data["failed"]))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.listening", description=str(__doc__).split("\n", 2)[2])
    parser.add_argument("songs", metavar="SONGS_FOLDER", type=Path, help="songs, with a tracks.tsv where there is one")
    parser.add_argument("--medley", metavar="FILE", type=Path, default=MEDLEY, help="a .json beside it says its parts")
    parser.add_argument(
        "--evidence", metavar="FOLDER", type=Path, default=REPOSITORY / "runs" / "evidence", help="for songs.json"
    )
    return parser.parse_args(arguments)


def _check_what_it_takes(medley: Path) -> None:
    if reason := BROWSER.why_not():
        raise TrainingError(reason)
    for path in (medley, medley.with_suffix(".json")):
        if not path.is_file():
            raise TrainingError(f"{path} is not there: name a medley with its .json beside it")


def _listen(songs: Sequence[Song], medley: Path) -> Entry:
    server = ServerProcess()
    try:
        server.wait_for_page()
        with Listener(BROWSER, server.url) as listener:
            return _heard(listener, songs, medley)
    finally:
        server.stop()


def _heard(listener: Listener, songs: Sequence[Song], medley: Path) -> Entry:
    """Each song is printed as it is heard: all of them take minutes."""
    entries: list[Entry] = []
    print(table.heading())
    for entry in heard_songs(listener, songs):
        print(table.song_line(entry), flush=True)
        entries.append(entry)
    heard_changes = heard_medley(listener, medley)
    conversions: list[Entry] = []
    for song in to_convert(songs, entries):
        print(f"other formats and levels of {song.name} ...", flush=True)
        conversions += converted(listener, song)
    data = evidence(entries, heard_changes, conversions)
    print("", table.summary(data), sep="\n")
    return data


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
