"""The model at work on files: loaded on first use, several songs at a time, ended at once when that is wanted."""

from __future__ import annotations

import math
import os
import tempfile
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from genrescope.errors import CommandError, SourceError
from model.audio import USUAL_LIMITS, AudioError, AudioLimits, open_audio
from model.contract import Contract, ContractError, load_contract
from model.endings import Endings
from model.programs import what_is_missing
from model.song_stream import Analysis

if TYPE_CHECKING:
    from model.predictor import Predictor

LONGEST_END_S = 0.5  # a decoder dies in milliseconds; whoever pressed Ctrl-C waits no longer for a hanging disk
SONG_TIMEOUT_S = 600.0  # of an hour and a half at most; nobody waits for it as for an answer of the server
CRASHED = "internal_error"
Result = TypeVar("Result")


class Listener:
    """A checked model, and what it may be given. Raises CommandError when it, or ffmpeg, cannot be used."""

    def __init__(self, model: Path, max_minutes: float | None = None, n_jobs: int = 1) -> None:
        self.contract: Contract = checked_contract(model)
        self._limits = limits_for(max_minutes)
        self._n_jobs = n_jobs
        self._predictor: Predictor | None = None

    @property
    def most_s(self) -> float | None:
        """Of sound in one song."""
        return self._limits.max_duration_s

    def hear(self, path: Path, step_s: float | None = None) -> Analysis | SourceError:
        """One song, with a row every step_s where that is said; or why it cannot be heard."""
        (outcome,) = (outcome for _, outcome in self.hear_all([path], step_s))
        return outcome

    def hear_all(
        self, paths: Sequence[Path], step_s: float | None = None
    ) -> Generator[tuple[int, Analysis | SourceError], None, None]:
        """Each song by its place, as soon as it has been heard. Closing this early ends what is under way."""
        predictor, endings = self.load(), Endings()
        pool = ThreadPoolExecutor(self._n_jobs, "song")
        running: dict[Future[Analysis | SourceError], int] = {}
        to_come = iter(enumerate(paths))
        try:
            while True:
                for place, path in islice(to_come, 2 * self._n_jobs - len(running)):  # the next ones wait in the pool
                    running[pool.submit(self._hear, predictor, path, step_s, endings)] = place
                if not running:
                    return
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    yield running.pop(future), future.result()
        finally:
            endings.set()
            pool.shutdown(wait=False, cancel_futures=True)
            wait([future for future in running if not future.cancelled()], LONGEST_END_S)

    def _hear(self, predictor: Predictor, path: Path, step_s: float | None, endings: Endings) -> Analysis | SourceError:
        def analyse() -> Analysis:
            with ExitStack() as until_heard:
                tell_end: Callable[[Callable[[], None]], None] = lambda end: until_heard.enter_context(  # noqa: E731
                    endings.ending(end)
                )
                with open_audio(path, self._limits, tell_end) as audio:
                    return predictor.analyse(audio.mono(), audio.sample_rate_hz, step_s)

        return result_or_reason(analyse)

    def load(self) -> Predictor:
        """Seconds, the first time; hearing does it where it was not done. Raises CommandError."""
        if self._predictor is None:
            os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
            try:
                _elsewhere(_import_tensorflow)  # not hushed: it says why it cannot run on this machine, and dies
                with hushed_stderr():
                    self._predictor = _elsewhere(lambda: _load(self.contract))
            except (ContractError, ImportError) as error:
                raise CommandError(str(error)) from error
        return self._predictor


def checked_contract(model: Path) -> Contract:
    """Raises CommandError when the folder, or ffmpeg, cannot be used."""
    if missing := what_is_missing():
        raise CommandError(missing)
    try:
        return load_contract(model)
    except ContractError as error:
        raise CommandError(str(error)) from error


def result_or_reason(work: Callable[[], Result]) -> Result | SourceError:
    """What a song's work gives, or why it cannot be had: one song must not cost those that were not yet heard."""
    try:
        return work()
    except SourceError as error:
        return error
    except AudioError as error:
        return SourceError(error.code, str(error))
    except OSError as error:
        return SourceError("unreadable", f"This file cannot be read: {error.strerror or error}.")
    except Exception as error:
        return SourceError(CRASHED, f"{type(error).__name__}: {error}")


def limits_for(max_minutes: float | None) -> AudioLimits:
    """The usual ones, but for the time, which a busy machine needs; longer songs, where they are wanted, have more."""
    usual_s = USUAL_LIMITS.max_duration_s or math.inf
    most_s = usual_s if max_minutes is None else 60 * max_minutes
    return replace(USUAL_LIMITS, max_duration_s=most_s, timeout_s=SONG_TIMEOUT_S * max(1.0, most_s / usual_s))


def _import_tensorflow() -> None:
    import tensorflow  # noqa: F401


def _load(contract: Contract) -> Predictor:
    from model.predictor import Predictor

    return Predictor(contract)


def _elsewhere(work: Callable[[], Result]) -> Result:
    """In another thread: a signal is to find this one waiting, and not in the midst of TensorFlow's imports."""
    future: Future[Result] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, name="load-model", daemon=True).start()
    return future.result()


@contextmanager
def hushed_stderr() -> Iterator[None]:
    """TensorFlow Lite and Ray greet there whatever the settings say, in the middle of a progress bar."""
    kept = os.dup(2)
    try:
        with tempfile.TemporaryFile() as file:
            os.dup2(file.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
