"""What the measurements were taken on."""

from __future__ import annotations

import os
import platform
import re
import time
from concurrent.futures import Executor, ProcessPoolExecutor
from pathlib import Path

from model.cores import usable_cores


def machine() -> dict[str, str | int]:
    """Processor, the cores that this process may use, memory and system."""
    return {"cpu": _cpu_model(), "n_cores": usable_cores(), "memory_gb": _memory_gb(), "system": platform.platform()}


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)


def _cpu_model() -> str:
    table = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", table.read_text()) if table.exists() else None
    return found[1] if found else platform.processor() or platform.machine()


LOOP = 3_000_000  # some tenths of a second
TRIES = 3


def parallel_gain() -> float:
    """How many times the work of one core all cores do at once, right now: less than their number where they are
    threads of one physical core, or where others (the host's other guests, too) work beside us.
    """
    n_cores = usable_cores()
    with ProcessPoolExecutor(n_cores) as pool:
        _seconds(pool, n_cores)  # starts the processes
        alone, together = zip(*((_seconds(pool, 1), _seconds(pool, n_cores)) for _ in range(TRIES)), strict=True)
    return n_cores * sum(alone) / sum(together)


def _seconds(pool: Executor, n_at_once: int) -> float:
    begin = time.perf_counter()
    list(pool.map(_work, range(n_at_once)))
    return time.perf_counter() - begin


def _work(n: int) -> int:
    for i in range(LOOP):
        n += i
    return n
