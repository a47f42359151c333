"""A catalogue's job ended by kill -9 at random moments and gone on with: what became of each song?"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow.parquet as pq

from tests.catalogue.processes import Job, survivors
from tests.catalogue.songs import Answer

LONGEST_RUN_S, MOST_LAST_RUNS = 3000.0, 4
# After a part, or after the start: a moment that has nothing to do with parts.
LONGEST_WAIT_S, LONGEST_START_S = 1.0, 15.0
TOLERANCE = 1e-5  # of probabilities that are told with six digits
CONFIDENCE = "confidence"


@dataclass(frozen=True)
class Run:
    """One start of the command, and its end."""

    ended: str
    seconds: float
    n_parts_before: int
    n_parts_after: int
    n_left_behind: int
    n_workers_killed: int = 0
    code: int | None = None


@dataclass
class Fate:
    """Of the songs, in the end."""

    n_once: int = 0
    missing: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    n_quarantined: int = 0

    @property
    def is_right(self) -> bool:
        return not (self.missing or self.repeated or self.wrong)


def parts(output: Path) -> int:
    """Shards that are done."""
    return len(list((output / "songs").glob("part-*.parquet")))


def killed_job(
    catalogue: Path, output: Path, n_shards: int, n_kills: int, seed: int, arguments: Sequence[str]
) -> tuple[list[Run], str]:
    """Each of its runs, and what the last one said. Every second kill is of the command alone, the others of all that
    it has started, too; in the last run single workers are killed, as many as runs were before."""
    chance, runs = random.Random(seed), []
    for number in range(n_kills):
        room = max(1, (n_shards - parts(output)) // (n_kills - number + 1))
        runs.append(_killed_run(catalogue, output, chance, chance.randrange(room + 1), number % 2 == 0, arguments))
    for _ in range(MOST_LAST_RUNS):  # a job that cannot go on says so, and is begun again like one that was killed
        last, said = _last_run(catalogue, output, chance, n_kills, arguments)
        runs.append(last)
        if last.code in (0, 1) and parts(output) == n_shards:
            break
    return runs, said


def _killed_run(
    catalogue: Path, output: Path, chance: random.Random, n_new: int, is_all: bool, arguments: Sequence[str]
) -> Run:
    before, begun_s = parts(output), time.monotonic()
    job = Job(*arguments, catalogue, output)
    try:
        job.until(lambda: parts(output) >= before + n_new and (output / "catalogue.json").exists())
        time.sleep(chance.uniform(0, LONGEST_WAIT_S if n_new else LONGEST_START_S))
        code = job.process.poll()
        left = job.kill(with_all_below=is_all) if code is None else []
    finally:
        job.close()
    by_us = "kill -9 of all" if is_all else "kill -9 of the command"
    ended = by_us if code is None else f"itself, with code {code}"
    return Run(ended, time.monotonic() - begun_s, before, parts(output), len(left), code=code)


def _last_run(
    catalogue: Path, output: Path, chance: random.Random, n_workers: int, arguments: Sequence[str]
) -> tuple[Run, str]:
    before, begun_s, n_killed = parts(output), time.monotonic(), 0
    job = Job(*arguments, catalogue, output)
    try:
        for _ in range(n_workers):
            now = parts(output)
            if not job.until(lambda now=now: parts(output) > now and bool(job.workers())):
                break
            with suppress(ProcessLookupError, IndexError):
                os.kill(chance.choice(job.workers()), signal.SIGKILL)
                n_killed += 1
        family = job.family()
        code, said = job.end(LONGEST_RUN_S)
        left = survivors(family)
    finally:
        job.close()
    ended = "done" if code in (0, 1) else f"itself, with code {code}"
    return Run(ended, time.monotonic() - begun_s, before, parts(output), len(left), n_killed, code), said


def fate(output: Path, expected: Mapping[str, Answer]) -> Fate:
    """Of each song, by its name below the catalogue."""
    heard = pq.read_table(output / "songs", columns=["path", "genre", CONFIDENCE]).to_pylist()
    has_quarantine = (output / "quarantine").is_dir()
    refused = pq.read_table(output / "quarantine").to_pylist() if has_quarantine else []
    times = Counter(row["path"] for row in [*heard, *refused])
    found = Fate(n_once=sum(times[name] == 1 for name in expected), n_quarantined=len(refused))
    found.missing = sorted(expected.keys() - times.keys())
    found.repeated = sorted(name for name, n in times.items() if n > 1)
    found.wrong = sorted(times.keys() - expected.keys())
    found.wrong += [row["path"] for row in refused if expected.get(row["path"], Answer()).code != row["code"]]
    found.wrong += [row["path"] for row in heard if not _is_right(row, expected.get(row["path"], Answer()))]
    return found


def _is_right(row: Mapping[str, str | float], answer: Answer) -> bool:
    return row["genre"] == answer.genre and abs(float(row[CONFIDENCE]) - answer.confidence) < TOLERANCE
