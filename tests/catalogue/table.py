"""What became of a killed job, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from tests.catalogue.kills import Fate, Run
from tests.load.table import markdown


def run_table(runs: Sequence[Run], n_shard: int) -> str:
    """A row a run."""
    head = ["run", "ended by", "after", "shards done before", "and after it", "workers killed in it", "processes left"]
    rows = [
        [
            str(number), run.ended, f"{run.seconds:.0f} s", str(run.n_parts_before), str(run.n_parts_after),
            str(run.n_workers_killed), str(run.n_left_behind),
        ]
        for number, run in enumerate(runs, start=1)
    ]  # fmt: skip
    return f"Shards of {n_shard} songs:\n\n{markdown(head, rows)}"


def fate_table(found: Fate, n_songs: int) -> str:
    """One row."""
    head = ["songs", "there exactly once", "missing", "repeated", "other than `genrescope tag` says", "quarantined"]
    counts = (n_songs, found.n_once, len(found.missing), len(found.repeated), len(found.wrong), found.n_quarantined)
    return markdown(head, [list(map(str, counts))])
