"""Several processes that serve on one socket: started, started anew when they die, and ended together.

Each is started afresh (never a copy of this process) and has the model for itself. One serves the page at once; those
that join it, also later in place of a dead one, take no connection before their model is loaded. Their figures for
/metrics lie in a folder for as long as they run.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from types import FrameType

from model.contract import Contract
from server.logs import logger, start_logging
from server.settings import Settings

FIGURES_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # by which prometheus_client knows that there are several
GRACE_S = 35.0  # a worker gives its requests 30 s
SHORT_LIFE_S = 30.0  # whoever died younger may do so again
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0

log = logger()


def serve_by_workers(settings: Settings, contract: Contract, listener: socket.socket) -> None:
    """Until SIGTERM or SIGINT; a second one ends at once what the first left to finish."""
    with tempfile.TemporaryDirectory(prefix="genrescope-figures-") as folder:
        os.environ[FIGURES_VARIABLE] = folder
        share = settings.of_one_worker()

        def start(is_first: bool) -> BaseProcess:
            arguments = (share, contract, listener, not is_first)
            process = multiprocessing.get_context("spawn").Process(target=_work, args=arguments, name="worker")
            process.start()
            return process

        Supervisor(start, settings.workers, _forget_figures_of_now).run(listener.close)


def _work(settings: Settings, contract: Contract, listener: socket.socket, model_first: bool) -> None:
    os.setpgrp()  # Ctrl-C is the supervisor's, which then tells us
    threading.Thread(target=_end_with_the_supervisor, daemon=True).start()
    from server.serving import serve  # not in the supervisor: 50 MB of it are FastAPI

    start_logging(settings.log)
    serve(settings, contract, listener, model_first=model_first)


def _end_with_the_supervisor() -> None:
    supervisor = multiprocessing.parent_process()
    assert supervisor is not None  # noqa: S101 - a worker has one
    wait([supervisor.sentinel])
    os.kill(os.getpid(), signal.SIGTERM)


def _forget_figures_of_now(pid: int) -> None:
    """Of a dead worker. What it counted stays."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)  # type: ignore[no-untyped-call]


@dataclass
class Place:
    """Of one worker: who has it since when, how often in a row one died young, and when the next may come."""

    worker: BaseProcess | None = None
    since_s: float = 0.0
    n_short_lives: int = 0
    due_s: float = 0.0

    def empty(self) -> float:
        """Its worker has died: for how many seconds there is none."""
        now_s = time.monotonic()
        self.worker = None
        self.n_short_lives = self.n_short_lives + 1 if now_s - self.since_s < SHORT_LIFE_S else 0
        pause_s = min(FIRST_PAUSE_S * 2 ** (self.n_short_lives - 1), LONGEST_PAUSE_S) if self.n_short_lives else 0.0
        self.due_s = now_s + pause_s
        return pause_s


class Supervisor:
    """Keeps as many workers as there are places."""

    def __init__(self, start: Callable[[bool], BaseProcess], n_places: int, bury: Callable[[int], None]) -> None:
        """start: makes one, told whether it is the only one. bury: is told the process id of a dead one."""
        self._start, self._bury = start, bury
        self._places = [Place() for _ in range(n_places)]
        self._n_signals = 0
        self._told, self._tell = os.pipe()

    def run(self, on_end: Callable[[], None]) -> None:
        """Until SIGTERM or SIGINT; on_end is called first then, and all workers have ended when this returns."""
        os.set_blocking(self._tell, False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        while not self._n_signals:
            self._fill_places()
            self._wait(self._until_next_s())
            self._empty_places()
        on_end()
        self._end()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._n_signals += 1
        os.write(self._tell, b"!")

    @property
    def _workers(self) -> list[BaseProcess]:
        return [place.worker for place in self._places if place.worker is not None]

    def _wait(self, timeout_s: float | None) -> None:
        """For a death, a signal or the time."""
        if self._told in wait([*(worker.sentinel for worker in self._workers), self._told], timeout_s):
            os.read(self._told, 1)

    def _until_next_s(self) -> float | None:
        due = [place.due_s for place in self._places if place.worker is None]
        return max(0.0, min(due) - time.monotonic()) if due else None

    def _fill_places(self) -> None:
        for place in self._places:
            if place.worker is None and place.due_s <= time.monotonic() and not self._n_signals:
                place.since_s = time.monotonic()
                try:
                    place.worker = self._start(not self._workers)
                except OSError as error:  # no memory or no process left: the others serve on
                    log.warning("no worker can be started", reason=str(error), next_in_s=place.empty())

    def _empty_places(self) -> None:
        for place in self._places:
            worker = place.worker
            if worker is not None and worker.exitcode is not None:
                self._bury(worker.pid or 0)
                pause_s = place.empty()
                if not self._n_signals:
                    log.warning("a worker died", worker=worker.pid, exit_code=worker.exitcode, next_in_s=pause_s)

    def _end(self) -> None:
        for worker in self._workers:
            worker.terminate()
        deadline_s = time.monotonic() + GRACE_S
        while self._workers and self._n_signals < 2 and (left_s := deadline_s - time.monotonic()) > 0:
            self._wait(left_s)
            self._empty_places()
        for worker in self._workers:
            worker.kill()
            worker.join()
