"""`python -m tests.load [--quick]`: a server under load, as tables in Markdown.

Our own server on loopback, its clients on the same cores. `--batches` instead: whether running windows together pays.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from tests.bench.songs import made_songs
from tests.load.batches import windows_per_s
from tests.load.measure import FULL, QUICK, SONGS_FOLDER, Plan, by_clients, kill_of, memory_of, server_of
from tests.load.renew import renew
from tests.load.table import LEVEL_HEAD, batch_table, here_and_now, kill_table, level_row, markdown, memory_table


def main(arguments: Sequence[str] | None = None) -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description="A server under load.")
    parser.add_argument("--quick", action="store_true", help="shorter, and only with the song of 30 s")
    parser.add_argument("--batches", action="store_true", help="only: windows a second, by windows at a time")
    parser.add_argument("--write", action="store_true", help="into docs/load.md, too")
    given = parser.parse_args(arguments)
    command = "python -m tests.load --batches" if given.batches else "python -m tests.load"
    tables = [batch_table(windows_per_s())] if given.batches else report(QUICK if given.quick else FULL)
    text = "\n\n".join([here_and_now(), *tables])
    print(text)
    if given.write:
        renew(command, text)


def report(plan: Plan) -> list[str]:
    """Its tables."""
    songs = made_songs(SONGS_FOLDER, plan.lengths_s)
    rows, memory, killed = [], {}, []
    for n_workers in plan.workers:
        with server_of(n_workers) as server:
            for song in songs:
                found = by_clients(server.url, song, plan)
                rows += [level_row(n_workers, song.name, n_clients, met) for n_clients, met in found.items()]
            memory[n_workers] = memory_of(server, songs[0], plan)
            if n_workers > 1:
                killed.append(kill_table(kill_of(server, songs[0], plan), plan.n_clients))
    return [markdown(LEVEL_HEAD, rows), memory_table(memory, plan.n_requests), *killed]


if __name__ == "__main__":
    main()
