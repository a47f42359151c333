"""The processes of a server, from outside: their memory and descriptors, sampled while it works. Linux only."""

from __future__ import annotations

import os
from pathlib import Path

from tests.bench.memory import all_parents
from tests.meanwhile import Meanwhile
from tests.support import ServerProcess, n_open

PROC = Path("/proc")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
SAMPLE_INTERVAL_S = 0.1


def workers_of(server: ServerProcess) -> list[int]:
    """Process ids of its workers; none where a single process serves."""
    children = [pid for pid, parent in all_parents().items() if parent == server.pid]
    return sorted(pid for pid in children if b"spawn_main" in _command(pid))  # as Python starts them


def processes_of(server: ServerProcess) -> list[int]:
    """The server's own and its workers'. Not the decoders', which come and go."""
    return [server.pid, *workers_of(server)]


def resident_mb(server: ServerProcess) -> float:
    """Memory of all of them together, in MB; what they share counts each time."""
    return sum(_resident_pages(pid) for pid in processes_of(server)) * PAGE_BYTES / 1e6


def n_descriptors(server: ServerProcess) -> int:
    """Files and sockets that they have open."""
    return sum(n_open(pid) for pid in processes_of(server))


class MemorySamples(Meanwhile):
    """Of a server, as long as it is entered."""

    def __init__(self, server: ServerProcess) -> None:
        super().__init__()
        self.mb: list[float] = []
        self._server = server

    def work(self) -> None:
        """Called by Meanwhile."""
        while not self.is_over.wait(SAMPLE_INTERVAL_S):
            self.mb.append(resident_mb(self._server))


def _command(pid: int) -> bytes:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:  # ended meanwhile
        return b""


def _resident_pages(pid: int) -> int:
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1])
    except OSError:
        return 0
