"""`python -m tests.bench [SONG ...]`: how fast, light and frugal the page and /predict are, beside the design's goals.

A real server and real browsers, on songs of 30 s, 4 min and 60 min. Every time stands beside plain decoding of the
same file, measured right before or after it: the ratios are what can be compared between machines.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.figures import browser_rows, server_rows
from tests.bench.measure import FULL, QUICK, Bench, measure
from tests.bench.songs import given_songs, made_songs
from tests.bench.table import plain, table
from tests.page.browsers import BROWSERS
from tests.support import REPOSITORY

RUNS = REPOSITORY / "runs"
EXPLANATION = """\
median (lowest-highest); ratios are medians of the ratios of pairs measured one right after the other.
stages: summed over workers, which work side by side. Heartbeat gap: an upper bound of the longest task; other
processes widen it too. Memory: all processes of the browser, anonymous and shared, peak while analysing minus the
loaded page before; neither mapped files nor the file cache nor the driver. Weight: as sent, headers included."""


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__.split("\n")[0].split(": ", 1)[1])
    parser.add_argument("songs", metavar="SONG", nargs="*", type=Path, help="audio files to take instead of our own")
    parser.add_argument("--quick", action="store_true", help="fewer runs, and no song of 60 minutes")
    parser.add_argument(
        "--browser", action="append", choices=BROWSERS, help="only this one; may be given several times"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, default=RUNS / "bench.json", help="where all figures go")
    return parser.parse_args(arguments)


def report(result: dict[str, Any], bench: Bench) -> str:
    """Everything to read; adds the figures to the result."""
    here = result["machine"]
    parts = [f"{here['cpu']}, {here['n_cores']} cores, {here['memory_gb']} GB, {here['system']}, {result['when']}"]
    gains = sorted(round(gain, 2) for gain in result["parallel_gain"])
    parts.append(f"All cores at once do {gains[0]} to {gains[-1]} times the work of one alone (measured in between).")
    song = bench.whole_song
    groups = [("server", server_rows(result["server"], song), [song.name])]
    for name, found in result["browsers"].items():
        rows = browser_rows(found, bench.songs)
        groups.append((f"{name} {found['version']}", rows, [song.name for song in bench.songs]))
    parts += [table(title, rows, songs) for title, rows, songs in groups]
    result["figures"] = [entry for title, rows, _ in groups for entry in plain(title, rows)]
    missed = sum(entry["met"] is False for entry in result["figures"])
    met = sum(entry["met"] is True for entry in result["figures"])
    parts += [EXPLANATION, "\n".join([f"figures that meet their goal: {met}; that miss it: {missed}", *bench.notes])]
    return "\n\n".join(parts)


def main() -> None:
    """Measures, prints and writes."""
    given = options()
    plan = QUICK if given.quick else FULL
    songs = given_songs(given.songs) if given.songs else made_songs(RUNS / "bench-songs", plan.lengths_s)
    bench = Bench(songs, plan)
    result = measure(bench, given.browser or list(BROWSERS))
    print(report(result, bench))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"\nall figures: {given.json}")


if __name__ == "__main__":
    main()
