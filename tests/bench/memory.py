"""Memory of a whole browser, sampled from outside while it works. Linux only: elsewhere nothing is measured.

Counted is what all processes below the driver (which itself is not counted, nor is WebKit's screen) hold of their own
or share with each other: anonymous and shared memory, swapped pages included, each shared page once (proportional set
size). Not counted are mapped files and the file cache: program code, and the song as the system keeps it.
"""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

from tests.meanwhile import Meanwhile

PROC = Path("/proc")
COUNTED = re.compile(r"^(?:Pss_Anon|Pss_Shmem|SwapPss):\s+(\d+) kB", re.MULTILINE)
SAMPLE_INTERVAL_S = 0.05
STEADY_S, STEADY_MB, STEADY_TIMEOUT_S = 2.0, 2.0, 20.0


def can_measure() -> bool:
    """Whether the system tells how much memory a process has."""
    return (PROC / "self" / "smaps_rollup").exists()


def counted_kb(smaps_rollup: str) -> int:
    """What is counted of one process, from the text that the kernel gives."""
    return sum(map(int, COUNTED.findall(smaps_rollup)))


def descendants(root: int, parents: dict[int, int]) -> set[int]:
    """All processes below a process, itself not included. parents: the parent of each process."""
    found: set[int] = set()
    newest = {root}
    while newest:
        newest = {pid for pid, parent in parents.items() if parent in newest} - found
        found |= newest
    return found


def browser_mb(driver_pid: int) -> float:
    """Memory of the browser that a driver has started, in MB (10^6 bytes)."""
    return sum(_process_kb(pid) for pid in descendants(driver_pid, all_parents())) * 1024 / 1e6


def idle_mb(driver_pid: int) -> float:
    """Memory once it has stopped changing: what the page loads in the background is there then.

    A browser that is never at rest is measured after a while anyway.
    """
    n_steady = round(STEADY_S / SAMPLE_INTERVAL_S)
    samples: list[float] = []
    deadline = time.monotonic() + STEADY_TIMEOUT_S
    while time.monotonic() < deadline:
        samples = [*samples[-n_steady + 1 :], browser_mb(driver_pid)]
        if len(samples) == n_steady and max(samples) - min(samples) < STEADY_MB:
            break
        time.sleep(SAMPLE_INTERVAL_S)
    return statistics.median(samples)


class PeakMemory(Meanwhile):
    """Samples in the background as long as it is entered; `mb` is the highest sample."""

    def __init__(self, driver_pid: int) -> None:
        super().__init__()
        self.mb = 0.0
        self._driver_pid = driver_pid

    def work(self) -> None:
        """Called by Meanwhile."""
        while not self.is_over.wait(SAMPLE_INTERVAL_S):
            self.mb = max(self.mb, browser_mb(self._driver_pid))


def all_parents() -> dict[int, int]:
    """The parent of each process that there is."""
    parents = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            # The name stands in parentheses and may hold anything; state and parent come behind it.
            parents[int(folder.name)] = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:  # ended meanwhile
            continue
    return parents


def _process_kb(pid: int) -> int:
    try:
        return counted_kb((PROC / str(pid) / "smaps_rollup").read_text())
    except OSError:  # ended meanwhile
        return 0
