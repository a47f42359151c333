"""What songs cost, stage by stage: real songs heard one after the other, in processes on cores of their own.

Conventions: a song's stages are core-seconds (CPU time), which other work on the machine changes little; its wall_s is
elapsed time. The stages are told apart where they meet: the decoder is a child process, whose time the system counts
when it ends; features are made in the thread that asks for windows; the network runs in a pool. What is left is `rest`:
starting the decoder, joining windows to rows, the verdict.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from model.audio import USUAL_LIMITS, open_audio
from model.contract import Contract, load_contract
from model.features import Float32
from model.predictor import runtime_of
from model.runtime import Runtime, run_as_they_come
from model.song_stream import SongStream
from tests.support import REPOSITORY

STAGES = ("decode_s", "log_mel_s", "network_s", "rest_s")


@dataclass(frozen=True)
class Heard:
    """One song: core-seconds of each stage, and from its beginning to its end."""

    decode_s: float
    log_mel_s: float
    network_s: float
    rest_s: float
    wall_s: float

    @property
    def cpu_s(self) -> float:
        """Core-seconds of all stages."""
        return self.decode_s + self.log_mel_s + self.network_s + self.rest_s


class ThreadClock:
    """CPU time of whatever threads run something under it."""

    def __init__(self) -> None:
        self.cpu_s = 0.0
        self._lock = threading.Lock()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Counts the calling thread."""
        begin_s = time.thread_time()
        try:
            yield
        finally:
            with self._lock:
                self.cpu_s += time.thread_time() - begin_s


class TimedRuntime:
    """A runtime whose CPU time is counted."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self.clock = runtime, ThreadClock()
        self.max_windows, self.max_calls, self.device = runtime.max_windows, runtime.max_calls, runtime.device

    def __call__(self, windows: Float32) -> Float32:
        """As the runtime's own."""
        with self.clock.running():
            return self._runtime(windows)


class Listener:
    """Hears songs as model/predictor.py does, put together from the same parts."""

    def __init__(self) -> None:
        self.contract: Contract = load_contract(REPOSITORY / "model")
        self._mel_filters = self.contract.mel_filters()
        self._runtime = runtime_of(self.contract)
        self._pool = ThreadPoolExecutor(self._runtime.max_calls, "network")

    @property
    def device(self) -> str:
        """What the network runs on, as TensorFlow names it."""
        return self._runtime.device

    def hear(self, path: Path) -> Heard:
        """Raises AudioError."""
        runtime, making = TimedRuntime(self._runtime), ThreadClock()
        begin_s, own_s, children_s = time.perf_counter(), time.process_time(), _children_cpu_s()
        with open_audio(path, USUAL_LIMITS) as audio:
            song = SongStream(self.contract, self._mel_filters, audio.sample_rate_hz)
            windows = _timed(song.windows(audio.mono()), making)
            rows = [song.hear(logits) for logits in run_as_they_come(runtime, windows, self._pool)]
            song.analysis(np.concatenate([*rows, song.finish()]))
        decode_s, own_s = _children_cpu_s() - children_s, time.process_time() - own_s
        network_s = runtime.clock.cpu_s
        rest_s = max(0.0, own_s - making.cpu_s - network_s)
        return Heard(decode_s, making.cpu_s, network_s, rest_s, time.perf_counter() - begin_s)


def _timed(windows: Iterable[Float32], clock: ThreadClock) -> Iterator[Float32]:
    remaining = iter(windows)
    while True:
        with clock.running():
            window = next(remaining, None)
        if window is None:
            return
        yield window


def _children_cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Worker:
    """A process that hears songs on some of the cores, its decoders on the same; close it."""

    def __init__(self, cores: Iterable[int]) -> None:
        spawning = multiprocessing.get_context("spawn")
        self._ours, theirs = spawning.Pipe()
        self._process = spawning.Process(target=_work, args=(theirs, set(cores)), daemon=True)
        self._process.start()
        theirs.close()

    def wait_until_ready(self) -> str:
        """What the network runs on. Raises EOFError where the process has died."""
        return str(self._ours.recv())

    def begin(self, path: Path, at_least_s: float) -> None:
        """Hears this song again and again for so long, and once at least; `end` waits for it."""
        self._ours.send((path, at_least_s))

    def end(self) -> list[Heard]:
        """The songs of what was begun. Raises EOFError where the process has died."""
        heard: list[Heard] = self._ours.recv()
        return heard

    def close(self) -> None:
        """Ends the process."""
        self._ours.close()
        self._process.join()


def _work(orders: Connection, cores: set[int]) -> None:
    os.sched_setaffinity(0, cores)
    listener = Listener()
    listener.hear(REPOSITORY / "static" / "sample" / "medley.mp3")  # warm
    orders.send(listener.device)
    while True:
        try:
            path, at_least_s = orders.recv()
        except EOFError:
            return
        end_s = time.perf_counter() + at_least_s
        heard: list[Heard] = []
        while not heard or time.perf_counter() < end_s:
            heard.append(listener.hear(path))
        orders.send(heard)


@contextmanager
def workers_on(*cores_of_each: Iterable[int]) -> Iterator[list[Worker]]:
    """A worker on each of these sets of cores, all ready."""
    with ExitStack() as until_closed:
        workers = [Worker(cores) for cores in cores_of_each]
        for worker in workers:
            until_closed.callback(worker.close)
        for worker in workers:
            worker.wait_until_ready()
        yield workers


def heard_by(workers: list[Worker], path: Path, at_least_s: float) -> list[Heard]:
    """By all of them at once."""
    for worker in workers:
        worker.begin(path, at_least_s)
    return [heard for worker in workers for heard in worker.end()]
