"""`python -m tests.load.soak [--minutes 10]`: a server of two workers under all at once, for long.

Clients at 32 connections while strangers send what is no song, killed workers, the fuzz tests with thousands of cases.
Ends with 1 and a sentence for each thing that was not as it must be.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.bench.songs import Song, made_songs
from tests.load.clients import Load, send
from tests.load.figures import Growth, Summary, growth, summary
from tests.load.hostile import Strangers, hostile_files
from tests.load.measure import SONGS_FOLDER, Kill, Plan, kill_of, server_of
from tests.load.processes import MemorySamples, n_descriptors
from tests.load.renew import renew
from tests.load.table import here_and_now, kill_table, markdown, seconds
from tests.support import REPOSITORY, ServerProcess

MOST_GROWTH_PERCENT = 10.0
SPARE_DESCRIPTORS = 10  # connections that rest
FUZZ_EXAMPLES = "3000"


@dataclass(frozen=True)
class SoakPlan:
    """How long, by how many clients at once, and how many workers are killed."""

    load_s: float
    warm_s: float = 10.0
    n_clients: int = 32
    n_kills: int = 3


@dataclass
class Found:
    """What a server went through. descriptors: before and after."""

    met: Summary
    memory_mb: Growth
    descriptors: tuple[int, int]
    n_hostile: int
    unexpected: list[str]
    kills: list[Kill] = field(default_factory=list)
    is_right_afterwards: bool = False
    said: str = ""


def soak(server: ServerProcess, song: Song, plan: SoakPlan) -> Found:
    """All but the fuzz tests."""
    load = Load.of(server.url, song.path.read_bytes())
    send(load, plan.n_clients, seconds=plan.warm_s)
    before = _descriptors_at_rest(server)
    with (
        tempfile.TemporaryDirectory() as folder,
        Strangers(server.url, hostile_files(Path(folder))) as strangers,
        MemorySamples(server) as samples,
    ):
        met = summary(send(load, plan.n_clients, seconds=plan.load_s))
    found = Found(
        met,
        growth(samples.mb),
        (before, _descriptors_at_rest(server)),
        strangers.statuses.total(),
        strangers.unexpected,
    )
    killing = replace(Plan(), n_clients=plan.n_clients)
    found.kills = [kill_of(server, song, killing) for _ in range(plan.n_kills)]
    found.is_right_afterwards = Load.of(server.url, song.path.read_bytes()).right_answer == load.right_answer
    found.said = server.output()
    return found


def complaints(found: Found, n_clients: int) -> list[str]:
    """A sentence for each thing that is not as it must be."""
    memory, (before, after) = found.memory_mb, found.descriptors
    n_wrong = found.met.n_wrong + sum(kill.met.n_wrong for kill in found.kills)
    lost = [kill.met.n_lost for kill in found.kills]
    wrong = {
        f"Memory grew from {memory.first:.0f} to {memory.last:.0f} MB.": memory.percent > MOST_GROWTH_PERCENT,
        f"Descriptors grew from {before} to {after}.": after > before + SPARE_DESCRIPTORS,
        f"{n_wrong} answers were neither right nor a documented refusal.": n_wrong > 0,
        "No song was heard under load.": found.met.n_right == 0,
        f"{found.met.n_lost} requests were lost with no worker killed.": found.met.n_lost > 0,
        f"Killed workers cost {lost} requests of {n_clients} clients.": any(n > n_clients for n in lost),
        "A worker did not come back.": any(math.isnan(kill.back_s) for kill in found.kills),
        "A good request afterwards was not answered as before.": not found.is_right_afterwards,
        "The server's log has a traceback.": "Traceback" in found.said,
        **{f"Of the hostile files {one}.": True for one in found.unexpected},
    }
    return [sentence for sentence, is_so in wrong.items() if is_so]


def report(found: Found, plan: SoakPlan) -> str:
    """The tables."""
    met, memory = found.met, found.memory_mb
    rows = [
        ["songs heard, each exactly right", f"{met.n_right} ({met.songs_per_s:.1f} a second)"],
        ["time to an answer, p50, p95, p99", ", ".join(map(seconds, (met.p50_s, met.p95_s, met.p99_s)))],
        ["told to come back later", f"{met.n_refused}, after {seconds(met.refusal_p50_s)} (p50)"],
        ["lost; wrong", f"{met.n_lost}; {met.n_wrong}"],
        ["hostile files meanwhile; answered otherwise than described", f"{found.n_hostile}; {len(found.unexpected)}"],
        [
            "memory, first and last tenth of the time",
            f"{memory.first:.0f}, {memory.last:.0f} MB ({memory.percent:+.1f} %)",
        ],
        ["descriptors before and after", "{}, {}".format(*found.descriptors)],
    ]
    tables = [markdown([f"{plan.n_clients} clients, {plan.load_s:.0f} s", ""], rows)]
    return "\n\n".join(tables + [kill_table(kill, plan.n_clients) for kill in found.kills])


def _descriptors_at_rest(server: ServerProcess) -> int:
    """Once they are no fewer than a moment before: connections are closed a little after their clients' end."""
    n, before = n_descriptors(server), math.inf
    while n < before:
        time.sleep(0.5)
        n, before = n_descriptors(server), n
    return n


def _fuzz() -> list[str]:
    command = [sys.executable, "-m", "pytest", "-q", "tests/server/test_fuzz.py", "--timeout", "0"]
    print(f"\nfuzz tests, FUZZ_EXAMPLES={FUZZ_EXAMPLES}:", flush=True)
    ended = subprocess.run(command, cwd=REPOSITORY, env=os.environ | {"FUZZ_EXAMPLES": FUZZ_EXAMPLES})
    return ["The fuzz tests failed; what they said stands above."] if ended.returncode else []


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.load.soak", description="A server under all at once.")
    parser.add_argument("--minutes", type=float, default=10.0, help="of load (default: 10)")
    parser.add_argument("--no-fuzz", action="store_true", help="leave the fuzz tests out")
    parser.add_argument("--write", action="store_true", help="into docs/load.md, too")
    given = parser.parse_args(arguments)
    plan = SoakPlan(load_s=given.minutes * 60)
    with server_of(2) as server:
        found = soak(server, made_songs(SONGS_FOLDER, [30])[0], plan)
    print(report(found, plan), flush=True)
    wrong = complaints(found, plan.n_clients) + ([] if given.no_fuzz else _fuzz())
    end = "\n".join(wrong) or "All as it must be."
    print(f"\n{end}")
    if given.write:
        fuzzed = "without the fuzz tests" if given.no_fuzz else f"fuzz tests with FUZZ_EXAMPLES={FUZZ_EXAMPLES}"
        renew("python -m tests.load.soak", f"{here_and_now()}, {fuzzed}\n\n{report(found, plan)}\n\n{end}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
