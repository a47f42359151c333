"""The figures as Markdown."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping, Sequence

from tests.bench.machine import machine
from tests.load.figures import Growth, Summary
from tests.load.measure import Kill

LEVEL_HEAD = (
    "workers", "song", "clients", "songs/s", "p50", "p95", "p99", "right", "503", "its p50", "its p99", "lost", "wrong"
)  # fmt: skip


def here_and_now() -> str:
    """What was measured on, and when."""
    here = machine()
    return f"{here['cpu']}, {here['n_cores']} cores, {here['memory_gb']} GB, {time.strftime('%Y-%m-%d %H:%M')}"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table, its first column to the left and all others to the right."""
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def seconds(value: float) -> str:
    """0.4 -> 400 ms, 2.5 -> 2.50 s, nan -> –."""
    if math.isnan(value):
        return "–"
    return f"{1000 * value:.0f} ms" if value < 1 else f"{value:.2f} s"


def level_row(n_workers: int, song: str, n_clients: int, met: Summary) -> list[str]:
    """Of one number of clients."""
    times = map(seconds, (met.p50_s, met.p95_s, met.p99_s))
    refusals = map(seconds, (met.refusal_p50_s, met.refusal_p99_s))
    return [
        str(n_workers), song, str(n_clients), f"{met.songs_per_s:.1f}", *times, str(met.n_right), str(met.n_refused),
        *refusals, str(met.n_lost), str(met.n_wrong),
    ]  # fmt: skip


def memory_table(found: Mapping[int, Growth], n_requests: int) -> str:
    """Number of workers to their memory."""
    rows = [[str(n), f"{one.first:.0f} MB", f"{one.last:.0f} MB", f"{one.percent:+.1f} %"] for n, one in found.items()]
    n_part = n_requests // 10
    return markdown(["workers", f"first {n_part} requests", f"last {n_part} of {n_requests}", "growth"], rows)


def kill_table(found: Kill, n_clients: int) -> str:
    """One row."""
    met = found.met
    cells = (n_clients, met.n_right, met.n_lost, met.n_refused, met.n_wrong)
    head = ["clients", "right", "lost", "503", "wrong", "longest silence", "back after"]
    return markdown(head, [[*map(str, cells), seconds(found.silent_s), seconds(found.back_s)]])


def batch_table(found: Mapping[str, Mapping[int, float]]) -> str:
    """Windows a second; of more than one at a time also the gain."""
    sizes = list(next(iter(found.values())))
    rows = []
    for runtime, rates in found.items():
        gains = [f"{rates[size]:.0f} ({100 * (rates[size] / rates[1] - 1):+.0f} %)" for size in sizes[1:]]
        rows.append([runtime, f"{rates[1]:.0f}", *gains])
    return markdown(["windows a second, by windows at a time", *map(str, sizes)], rows)
