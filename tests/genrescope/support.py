"""Helpers of the command line's tests: real processes of it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import REPOSITORY

PATIENCE_S = 120


def _heed_ctrl_c() -> None:
    """Tests that run in the background of a shell ignore it, and so would what they start, on purpose."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Command:
    """`python -m genrescope …`, running; environment: variables to set, None to unset them."""

    def __init__(self, *arguments: str | Path, **environment: str) -> None:
        self._mark = f"GENRESCOPE_TEST={uuid.uuid4()}"
        name, value = self._mark.split("=")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "genrescope", *map(os.fspath, arguments)],
            cwd=REPOSITORY,
            env=os.environ | environment | {name: value},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=_heed_ctrl_c,
        )

    def end(self, typed: bytes = b"") -> tuple[int, str, str]:
        """Waits for its end: (exit code, stdout, stderr)."""
        out, err = self.process.communicate(typed, timeout=PATIENCE_S)
        return self.process.returncode, out.decode(), err.decode()

    def left_behind(self) -> list[str]:
        """Command lines of processes that it started and that are still there, after a moment to die in."""
        deadline_s = time.monotonic() + 5
        while (found := self._descendants()) and time.monotonic() < deadline_s:
            time.sleep(0.02)
        return found

    def _descendants(self) -> list[str]:
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                if self._mark.encode() in (folder / "environ").read_bytes():
                    found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
            except OSError:  # it has ended, or is another user's
                continue
        return found


def run(*arguments: str | Path, typed: bytes = b"", **environment: str) -> tuple[int, str, str]:
    """The whole command: (exit code, stdout, stderr)."""
    return Command(*arguments, **environment).end(typed)


def until(condition: Callable[[], bool], command: Command) -> None:
    """Waits for something that the command does. Fails when it ends before."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        if command.process.poll() is not None or time.monotonic() > deadline_s:
            pytest.fail(f"it did not come; the command said: {command.end()}")
        time.sleep(0.01)
