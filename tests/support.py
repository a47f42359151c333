"""Helpers of the tests: a real server process, and files made by ffmpeg."""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import httpx
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
PROBLEM_FIELDS = {"type", "title", "status", "detail", "code"}
SONGS = REPOSITORY / "tests" / "songs"


class ServerProcess:
    """`python -m server` on a free port, in a process of its own. Its output is shown when it dies.

    folder: the repository, or a copy of it.
    """

    def __init__(self, *arguments: str, folder: Path = REPOSITORY, **environment: str) -> None:
        self._output = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in stop
        self.started_at = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "server", *arguments],
            cwd=folder,
            env=os.environ | {"PORT": "0"} | environment,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
        )
        self.url = ""

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def n_descriptors(self) -> int:
        """How many files and sockets it has open."""
        return n_open(self.pid)

    @property
    def children(self) -> list[int]:
        """The processes that it has started and that have not ended."""
        listed = subprocess.run(["pgrep", "-P", str(self.pid)], capture_output=True, text=True)
        return list(map(int, listed.stdout.split()))

    def output(self) -> str:
        self._output.seek(0)
        return self._output.read()

    def wait_for_page(self, timeout_s: float = 30) -> float:
        """Waits until GET / answers; returns the seconds since the process was started."""
        self._until(lambda: self._found_url() and self.answers("/"), timeout_s, "the page")
        return time.monotonic() - self.started_at

    def wait_until_ready(self, timeout_s: float = 120) -> None:
        self.wait_for_page()
        self._until(lambda: self.answers("/readyz"), timeout_s, "/readyz", every_s=0.1)

    def wait_for_workers(self, n: int, timeout_s: float = 120) -> None:
        """Waits until so many can answer /predict."""
        self.wait_until_ready(timeout_s)
        self._until(lambda: self.figure("genrescope_ready") == n, timeout_s, f"{n} workers", every_s=0.1)

    def figure(self, name: str) -> float:
        """One of /metrics, by its name and labels; 0 where it is not there."""
        lines = httpx.get(f"{self.url}/metrics", timeout=30).text.splitlines()
        return next((float(line.split()[-1]) for line in lines if line.startswith(f"{name} ")), 0.0)

    def answers(self, path: str) -> bool:
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as response:
                return response.status == 200
        except OSError:
            return False

    def terminate(self) -> None:
        """Tells it to end (SIGTERM)."""
        self._process.terminate()

    def stop(self) -> int:
        """Ends the process as an operator would (SIGTERM); returns its exit code."""
        self.terminate()
        try:
            return self._process.wait(timeout=40)
        finally:
            self._process.kill()
            self._output.close()

    def wait(self, timeout_s: float = 30) -> int:
        """Waits for a process that ends by itself; returns its exit code."""
        return self._process.wait(timeout=timeout_s)

    def _found_url(self) -> bool:
        found = re.search(r"http://\S+?(?=/\s)", self.output())
        self.url = found.group() if found else ""
        return bool(found)

    def _until(self, condition: Callable[[], bool], timeout_s: float, what: str, every_s: float = 0.02) -> None:
        """Every question takes processor time from what is waited for: a model's loading is asked about less often."""
        deadline = time.monotonic() + timeout_s
        while not condition():
            if self._process.poll() is not None:
                pytest.fail(f"the server ended with {self._process.returncode}; it said:\n{self.output()}")
            if time.monotonic() > deadline:
                pytest.fail(f"no answer from {what} within {timeout_s} s; the server said:\n{self.output()}")
            time.sleep(every_s)


def n_open(pid: int) -> int:
    """How many files and sockets a process has open; 0 where the system does not tell, or it has ended."""
    try:
        return sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    except OSError:
        return 0


@contextmanager
def ready_server_with(**environment: str) -> Iterator[ServerProcess]:
    """A server of one's own with these variables, its model loaded."""
    process = ServerProcess(**environment)
    try:
        process.wait_until_ready()
        yield process
    finally:
        process.stop()


@contextmanager
def untraced() -> Iterator[None]:
    """Keras computes at once what it else traces first: of few batches, tracing takes far longer than computing."""
    import tensorflow as tf  # here: it takes seconds to import

    tf.config.run_functions_eagerly(True)
    try:
        yield
    finally:
        tf.config.run_functions_eagerly(False)


def seconds_to_page() -> float:
    """From the start of a server's process until its page is served."""
    process = ServerProcess()
    try:
        return process.wait_for_page()
    finally:
        process.stop()


def make_audio(path: Path, *output_options: str, source: str = "sine=440:duration=3") -> Path:
    """Writes an audio file with ffmpeg: `source` is one of its lavfi generators."""
    given = ["-i", _computed(source)] if source.startswith("aevalsrc") else ["-f", "lavfi", "-i", source]
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", *given, *output_options, path]
    subprocess.run(command, check=True, timeout=150)
    return path


@cache
def _computed(source: str) -> Path:
    """What a formula makes, as float64: that takes several times longer than to encode it."""
    path = _sounds() / f"{hashlib.sha256(source.encode()).hexdigest()}.wav"
    command = ["ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", source, "-c:a", "pcm_f64le", path]
    subprocess.run(command, check=True, timeout=150)
    return path


@cache
def _sounds() -> Path:
    folder = tempfile.mkdtemp(prefix="genrescope-sounds-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def assert_problem(response: httpx.Response, status: int, code: str) -> dict[str, str | int]:
    """Holds every error of the server to one shape (RFC 9457); returns its body."""
    assert response.headers["content-type"] == "application/problem+json", response.text
    body = response.json()
    assert body.keys() == PROBLEM_FIELDS
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["type"] == f"urn:genrescope:problem:{code}"
    assert body["title"]
    assert body["detail"][0].isupper()
    assert body["detail"].endswith(".")
    return body
