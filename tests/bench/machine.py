"""What the measurements were taken on."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path


def machine() -> dict[str, str | int]:
    """Processor, the cores that this process may use, memory and system."""
    return {"cpu": _cpu_model(), "n_cores": _n_cores(), "memory_gb": _memory_gb(), "system": platform.platform()}


def _n_cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory_gb() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9)


def _cpu_model() -> str:
    table = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*:\s*(.+)", table.read_text()) if table.exists() else None
    return found[1] if found else platform.processor() or platform.machine()
