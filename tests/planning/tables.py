"""What was measured, as Markdown."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from tests.load.figures import percentile
from tests.load.table import markdown, seconds
from tests.planning.check import Compared
from tests.planning.service_times import FREE, ONE, TWO, ServiceTimes
from tests.planning.stages import STAGES, Heard

MODES = {ONE: "one core, one song", TWO: "two cores, a song on each", FREE: "two cores, one song"}


def measured_on(times: ServiceTimes) -> str:
    """One line."""
    here = times.machine
    before, after = (f"{load[0]:.1f}" for load in (here["load_before"], here["load_after"]))
    return (
        f"{here['cpu']}, {here['n_cores']} cores, {here['memory_gb']} GB, {here['when']}; "
        f"load average {before} before and {after} after"
    )


def stage_table(times: ServiceTimes) -> str:
    """Core-seconds of a song on one core of its own: medians, of all stages also how they are spread."""
    rows = []
    for name in times.lengths_s:
        for mode, words in MODES.items():
            songs = times.heard[mode][name]
            stages = [_ms(getattr(song, stage) for song in songs) for stage in STAGES]
            rows.append([name, words, str(len(songs)), *stages, _spread(songs), _spread_of(s.wall_s for s in songs)])
    head = ["song", "where", "n", "decode", "log-mel", "network", "rest", "all stages (5 %, 95 %)", "wall (5 %, 95 %)"]
    return markdown(head, rows)


def scaling_table(times: ServiceTimes) -> str:
    """What a second core, and a second worker on it, bring."""
    rows = []
    for name in times.lengths_s:
        cpu = {mode: statistics.median(song.cpu_s for song in times.heard[mode][name]) for mode in (ONE, TWO)}
        wall = {mode: statistics.median(song.wall_s for song in times.heard[mode][name]) for mode in (ONE, TWO)}
        rows.append([
            name, f"{3600 / cpu[ONE]:,.0f}", f"{3600 / cpu[TWO]:,.0f}", f"{cpu[TWO] / cpu[ONE]:.2f}",
            f"{2 * cpu[ONE] / cpu[TWO]:.2f}", f"{2 * wall[ONE] / wall[TWO]:.2f}",
        ])  # fmt: skip
    head = ["song", "songs/h a core, other idle", "songs/h a core, both at work", "core-seconds, 2 to 1",
            "throughput by core-seconds, 2 to 1", "by the clock, 2 to 1"]  # fmt: skip
    return markdown(head, rows)


def load_cost_table(times: ServiceTimes) -> str:
    """What the load test's requests cost, and how much of the machine others had meanwhile."""
    rows = [
        [row.song, str(row.n_clients), str(row.n_right), str(row.n_refused), str(row.n_other),
         _ms([row.server_cpu_s / max(1, row.n_right)]), _ms([row.clients_cpu_s / max(1, row.n_right)]),
         f"{row.others_cores:.2f}"]
        for row in times.rows
    ]  # fmt: skip
    refused = [
        f"A refusal with a song of {cost.song} takes {1000 * cost.server_cpu_s:.1f} ms of the server's cores "
        f"and {1000 * cost.clients_cpu_s:.1f} ms of the clients'."
        for cost in times.refusals
    ]
    head = ["song", "clients", "right", "503", "other", "server's CPU a song", "clients' CPU a song", "cores of others"]
    return "\n\n".join([markdown(head, rows), " ".join(refused)])


def check_table(found: Iterable[Compared]) -> str:
    """Measured, simulated, and the error."""
    rows = []
    for one in found:
        row = one.row
        cells = [row.song, f"{row.n_clients}{' ¹' if row.n_clients == 1 else ''}"]
        for name in ("songs_per_s", "p50_s", "p95_s"):
            as_text = (lambda v: f"{v:.2f}") if name == "songs_per_s" else seconds
            cells += [as_text(getattr(row, name)), as_text(one.simulated[name].mean), _error(one.error_percent(name))]
        cells += [str(row.n_refused), one.simulated["n_refused"].text(0), _error(one.error_percent("n_refused"))]
        rows.append(cells)
    head = ["song", "clients"]
    for name in ("songs/s", "p50", "p95", "503"):
        head += [name, "simulated", "error"]
    return markdown(head, rows)


def _error(percent: float) -> str:
    return "–" if percent != percent else f"{percent:+.0f} %"


def _ms(values: Iterable[float]) -> str:
    return f"{1000 * statistics.median(values):.0f} ms"


def _spread(songs: Iterable[Heard]) -> str:
    return _spread_of(song.cpu_s for song in songs)


def _spread_of(values: Iterable[float]) -> str:
    known = list(values)
    low, middle, high = (1000 * percentile(known, share) for share in (0.05, 0.5, 0.95))
    return f"{middle:.0f} ms ({low:.0f}, {high:.0f})"
