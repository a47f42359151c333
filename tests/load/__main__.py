"""`python -m tests.load [--quick]`: a server under load, as tables in Markdown.

Our own server on loopback, its clients on the same cores. `--batches` instead: whether running windows together pays.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tests.bench.songs import made_songs
from tests.load.batches import windows_per_s
from tests.load.measure import FULL, QUICK, SONGS_FOLDER, Plan, by_clients, kill_of, memory_of, server_of
from tests.load.table import LEVEL_HEAD, batch_table, here_and_now, kill_table, level_row, markdown, memory_table


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description="A server under load.")
    parser.add_argument("--quick", action="store_true", help="shorter, and only with the song of 30 s")
    parser.add_argument("--batches", action="store_true", help="only: windows a second, by windows at a time")
    given = parser.parse_args(arguments)
    print(f"{here_and_now()}\n", flush=True)
    if given.batches:
        print(batch_table(windows_per_s()))
    else:
        report(QUICK if given.quick else FULL)


def report(plan: Plan) -> None:
    """Prints each table once it is there."""
    songs = made_songs(SONGS_FOLDER, plan.lengths_s)
    rows, memory = [], {}
    for n_workers in plan.workers:
        with server_of(n_workers) as server:
            for song in songs:
                found = by_clients(server.url, song, plan)
                rows += [level_row(n_workers, song.name, n_clients, met) for n_clients, met in found.items()]
            memory[n_workers] = memory_of(server, songs[0], plan)
            killed = kill_of(server, songs[0], plan) if n_workers > 1 else None
    print(markdown(LEVEL_HEAD, rows), memory_table(memory, plan.n_requests), sep="\n\n")
    if killed:
        print(f"\n{kill_table(killed, plan.n_clients)}")


if __name__ == "__main__":
    main()
