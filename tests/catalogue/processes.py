"""A catalogue's job as a process with all that it starts, to be ended by kill -9 at once."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from tests.bench.memory import all_parents, descendants
from tests.support import REPOSITORY

WORKER = re.compile(r"^ray::.*(Decode|Hear)")
PATIENCE_S = 30.0


class Job:
    """`python -m genrescope tag --ray …`, running. Who starts it calls `close`."""

    def __init__(self, *arguments: str | Path, **environment: str) -> None:
        self._output = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in close
        self.process = subprocess.Popen(
            [sys.executable, "-m", "genrescope", "tag", *map(os.fspath, arguments)],
            cwd=REPOSITORY,
            env={"RAY_worker_niceness": "0"} | os.environ | environment,  # 15 otherwise: behind all other tests
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def said(self) -> str:
        """All of its output so far."""
        self._output.seek(0)
        return self._output.read()

    def family(self) -> list[int]:
        """It, and all processes below it."""
        return [self.process.pid, *descendants(self.process.pid, all_parents())]

    def workers(self) -> list[int]:
        """Those that decode or hear."""
        return [pid for pid in self.family() if WORKER.search(command_of(pid))]

    def kill(self, *, with_all_below: bool) -> list[int]:
        """kill -9. Which of the family are still there after a while: none should be."""
        family = self.family()
        for pid in family if with_all_below else family[:1]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        return survivors(family)

    def until(self, condition: Callable[[], bool], patience_s: float = 600.0, every_s: float = 0.02) -> bool:
        """Waits for something that it does; False when it ends before."""
        return wait_for(lambda: condition() or self.process.poll() is not None, patience_s, every_s) and condition()

    def end(self, timeout_s: float) -> tuple[int, str]:
        """Waits for its end: exit code and all output."""
        return self.process.wait(timeout_s), self.said()

    def close(self) -> None:
        """With whatever is left of it."""
        if self.process.poll() is None:
            self.kill(with_all_below=True)
        self._output.close()


def wait_for(condition: Callable[[], bool], patience_s: float = PATIENCE_S, every_s: float = 0.02) -> bool:
    """Whether it came."""
    deadline_s = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > deadline_s:
            return False
        time.sleep(every_s)
    return True


def survivors(family: Sequence[int]) -> list[int]:
    """Those that are still there after a while."""
    wait_for(lambda: not any(map(is_alive, family)))
    return [pid for pid in family if is_alive(pid)]


def is_alive(pid: int) -> bool:
    """And no zombie, which is dead, and waits for its parent to notice."""
    try:
        return Path("/proc", str(pid), "stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def command_of(pid: int) -> str:
    """As it was called; empty where it has ended."""
    try:
        return Path("/proc", str(pid), "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""
