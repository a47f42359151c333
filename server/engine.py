"""The model at work: loaded in the background, and shared by a bounded number of analyses."""

from __future__ import annotations

import math
import tempfile
import threading
import time
import wave
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import anyio
import numpy as np

from model.audio import AudioError, AudioLimits, open_audio
from model.contract import Contract
from model.features import Array
from model.song_stream import Analysis
from server.hang_up import HangUp
from server.logs import logger
from server.metrics import Metrics, Stopwatch
from server.problems import RETRY_AFTER_S, Problem
from server.settings import Settings

if TYPE_CHECKING:
    from model.predictor import Predictor

log = logger()


def load_here(contract: Contract) -> Predictor:
    """The model in this process."""
    from model.predictor import Predictor

    return Predictor(contract)


class Engine:
    """Owns the Predictor. `start` or `load` it once; it is then loading, and later ready or failed."""

    def __init__(
        self,
        settings: Settings,
        contract: Contract,
        metrics: Metrics,
        load: Callable[[Contract], Predictor] = load_here,
    ) -> None:
        """load: takes seconds, and raises what is wrong with the model."""
        self._contract, self._metrics, self._load = contract, metrics, load
        self._limits = AudioLimits(
            max_duration_s=settings.max_duration_min * 60,
            max_sample_rate_hz=settings.max_sample_rate_hz,
            max_channels=settings.max_channels,
            timeout_s=settings.decode_timeout_s,
            memory_mb=settings.decode_memory_mb,
        )
        self._limiter = anyio.CapacityLimiter(settings.max_analyses)
        self._predictor: Predictor | None = None
        self.failure: str | None = None  # why there will be no model

    def start(self) -> None:
        """Begins to load the model in a thread of its own: importing TensorFlow takes seconds."""
        threading.Thread(target=self.load, name="load-model", daemon=True).start()

    def load(self) -> None:
        """Loads the model, or notes why there will be none."""
        begin = time.perf_counter()
        try:
            predictor = self._load(self._contract)
            _try_out(predictor)
            self._predictor = predictor
        except Exception as error:
            said = f" ffmpeg said: {error.decoder_said}" if isinstance(error, AudioError) else ""
            self.failure = f"{type(error).__name__}: {error}{said}"
            log.exception("/predict does not work and answers 503", failure=self.failure)
        else:
            self._metrics.runs_on(predictor.device)
            took_s = round(time.perf_counter() - begin, 1)
            log.info("/predict is ready", took_s=took_s, device=predictor.device)

    def predictor(self) -> Predictor:
        """The loaded model. Raises the problem to answer with when there is none (yet)."""
        if self.failure is not None:
            raise Problem("model_failed")
        if self._predictor is None:
            raise Problem("model_not_ready", headers={"Retry-After": str(RETRY_AFTER_S)})
        return self._predictor

    def contract_at(self, step_s: float | None) -> Contract:
        """What is answered by, with rows of this step where one is asked for."""
        return self._contract.at_step(step_s)

    async def analyse(
        self, path: Path, gone: HangUp, step_s: float | None, most_s: float, on_rows: Callable[[Array], None]
    ) -> Analysis:
        """The song in a file; waits while too many others are analysed, and can be cancelled until it is its turn.

        step_s: from one row to the next, instead of the model's own. most_s: of sound.
        gone: ends it in ClientDisconnect. on_rows: is told the rows [n, genres] as they come, in another thread.
        Raises AudioError.
        """
        asked_s = time.perf_counter()

        def analyse() -> Analysis:
            gone.check()
            self._metrics.took("wait", time.perf_counter() - asked_s)
            try:
                with self._metrics.analyses.track_inprogress(), ExitStack() as until_heard:
                    ends = lambda end: until_heard.enter_context(gone.ending(end))  # noqa: E731
                    return self._analyse(path, replace(self._limits, max_duration_s=most_s), ends, step_s, on_rows)
            finally:
                gone.check()  # it may have been ended, and is no song then

        return await anyio.to_thread.run_sync(analyse, limiter=self._limiter)

    def _analyse(
        self,
        path: Path,
        limits: AudioLimits,
        tell_end: Callable[[Callable[[], None]], None],
        step_s: float | None,
        on_rows: Callable[[Array], None],
    ) -> Analysis:
        predictor, clock = self.predictor(), Stopwatch()
        with clock.running():
            audio = open_audio(path, limits, tell_end)
        with audio:
            song = predictor.song_stream(audio.sample_rate_hz, step_s)
            all_rows = []
            begin_s = time.perf_counter() - clock.elapsed_s
            for rows in predictor.rows_as_they_come(song, clock.timed(audio.mono())):
                on_rows(rows)
                all_rows.append(rows)
            self._metrics.took("decode", clock.elapsed_s)
            self._metrics.took("hear", time.perf_counter() - begin_s - clock.elapsed_s)
            return song.analysis(np.concatenate(all_rows))


def _try_out(predictor: Predictor) -> None:
    """One whole analysis: an ffmpeg that does not run is noticed now, and the first song finds all warm."""
    with tempfile.TemporaryFile() as file:
        with wave.open(file, "wb") as silence:
            silence.setparams((2, 2, 44100, 0, "NONE", ""))
            silence.writeframes(bytes(4 * 44100 * (math.ceil(predictor.contract.minimum_duration_s) + 1)))
        file.flush()
        with open_audio(Path(f"/dev/fd/{file.fileno()}")) as audio:
            predictor.analyse(audio.mono(), audio.sample_rate_hz)
