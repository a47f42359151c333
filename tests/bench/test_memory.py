"""Memory of other processes: what they hold of their own counts, the files that they look at do not."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bench import memory

N_BYTES = 50_000_000
HOLDER = """
import mmap, os, sys
for line in sys.stdin:
    held = eval(line)
    print(len(held), flush=True)
"""

linux_only = pytest.mark.skipif(not memory.can_measure(), reason="the system does not tell the memory of processes")


class Family:
    """A process of ours, and one below it that holds what it is told to."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process, self.pid = process, process.pid

    def hold(self, expression: str) -> None:
        assert self._process.stdin
        assert self._process.stdout
        print(expression, file=self._process.stdin, flush=True)
        assert self._process.stdout.readline()


@pytest.fixture
def family() -> Iterator[Family]:
    command = ["sh", "-c", '"$0" -c "$1"; true', sys.executable, HOLDER]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Family(process)


@linux_only
def test_what_a_grandchild_holds_counts_and_a_mapped_file_does_not(family: Family, tmp_path: Path) -> None:
    song = tmp_path / "song"
    song.write_bytes(b"1" * N_BYTES)
    family.hold("b''")
    little_mb = memory.browser_mb(family.pid)
    family.hold(f"b'1' * {N_BYTES}")
    assert memory.browser_mb(family.pid) - little_mb == pytest.approx(50, abs=2)
    seen = f"mmap.mmap(os.open({str(song)!r}, os.O_RDONLY), 0, prot=mmap.PROT_READ)"
    family.hold(f"(lambda seen: (seen.find(b'2'), seen))({seen})[1]")
    assert memory.browser_mb(family.pid) - little_mb == pytest.approx(0, abs=2)


@linux_only
def test_peak_is_the_highest_of_the_time_between(family: Family) -> None:
    family.hold("b''")
    idle_mb = memory.idle_mb(family.pid)
    with memory.PeakMemory(family.pid) as peak:
        family.hold(f"b'1' * {N_BYTES}")
        memory.idle_mb(family.pid)
        family.hold("b''")
        memory.idle_mb(family.pid)
    assert peak.mb - idle_mb == pytest.approx(50, abs=2)


def test_descendants_are_found_over_generations_and_the_root_is_left_out() -> None:
    assert memory.descendants(1, {1: 0, 2: 1, 3: 2, 4: 3, 8: 0, 9: 8}) == {2, 3, 4}


def test_counted_are_anonymous_shared_and_swapped_pages() -> None:
    text = "Rss: 999 kB\nPss: 160 kB\nPss_Anon: 100 kB\nPss_File: 50 kB\nPss_Shmem: 10 kB\nSwapPss: 5 kB\n"
    assert memory.counted_kb(text) == 115
