"""How fast a catalogue's job goes on one core and on two, from its first part to its last."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from model.cores import usable_cores
from tests.bench.machine import parallel_gain
from tests.catalogue.processes import Job
from tests.catalogue.songs import MAX_MINUTES, make_catalogue

N_SONGS, N_SHARD, SEED = 600, 12, 2
LONGEST_RUN_S = 1800.0
CORE_S = re.compile(r"minutes of sound took ([\d,.]+) s of a core")


def scaling() -> dict[str, Any]:
    """Of a catalogue of short songs; gain: how many times the work of one core all cores did before it, at anything."""
    found: dict[str, Any] = {"gain_of_all_cores": round(parallel_gain(), 2), "songs": N_SONGS}
    with tempfile.TemporaryDirectory(prefix="genrescope-catalogue-") as scratch:
        music = Path(scratch, "music")
        make_catalogue(music, N_SONGS, SEED)
        for n_cores in range(1, usable_cores() + 1):
            found[f"cores_{n_cores}"] = _run(music, Path(scratch, f"tagged-{n_cores}"), n_cores)
    return found


def _run(music: Path, output: Path, n_cores: int) -> dict[str, float]:
    with _only(n_cores):
        job = Job("--ray", "local", "--shard-songs", str(N_SHARD), "--max-minutes", str(MAX_MINUTES), music, output)
    try:
        code, said = job.end(LONGEST_RUN_S)
    finally:
        job.close()
    core_s = CORE_S.search(said)
    if code not in (0, 1) or core_s is None:
        raise RuntimeError(f"the job ended with {code}: {said}")
    ends = sorted(part.stat().st_mtime for part in (output / "songs").iterdir())
    hours = (ends[-1] - ends[0]) / 3600
    return {
        "songs_per_hour": round((N_SONGS - N_SHARD) / hours),
        "core_s_per_song": round(float(core_s[1].replace(",", "")) / N_SONGS, 4),
        "load_1_min": round(os.getloadavg()[0], 1),
    }


@contextmanager
def _only(n_cores: int) -> Iterator[None]:
    """What is started meanwhile may use so many."""
    all_cores: Sequence[int] = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, all_cores[:n_cores])
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_cores)
