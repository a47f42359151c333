"""The songs of one request, heard one after the other."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from typing import Any

import anyio
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from model.audio import AudioError, TooLong
from model.contract import Contract
from model.features import Array
from model.song_stream import Analysis
from server.engine import Engine
from server.hang_up import HangUp
from server.logs import logger
from server.metrics import HEARD, Metrics
from server.problems import Problem
from server.settings import Settings
from server.uploads import path_of

log = logger()


class Hearing:
    """What is asked of each song, and how much sound the request has left."""

    def __init__(
        self, settings: Settings, engine: Engine, metrics: Metrics, gone: HangUp, step_s: float | None
    ) -> None:
        self._engine, self._metrics, self._gone, self._step_s = engine, metrics, gone, step_s
        self._most_s = self._left_s = settings.max_duration_min * 60

    @property
    def contract(self) -> Contract:
        """With the rows that are asked for."""
        return self._engine.contract_at(self._step_s)

    async def analyse(self, song: UploadFile, on_rows: Callable[[Array], None] = lambda _: None) -> Analysis:
        """on_rows is called in another thread. Raises AudioError; ClientDisconnect when the client has hung up."""
        begin = time.perf_counter()
        try:
            analysis = await self._analyse(song, on_rows)
        except AudioError as error:
            self._end(error.code, begin)
            raise
        except ClientDisconnect:
            self._end("hung_up", begin)
            raise
        self._end(HEARD, begin, audio_s=round(analysis.duration_s, 1))
        self._metrics.audio_s.inc(analysis.duration_s)
        self._left_s -= analysis.duration_s
        return analysis

    async def _analyse(self, song: UploadFile, on_rows: Callable[[Array], None]) -> Analysis:
        # Who waits for a core goes at once when the client does; who has one is told by the song's own end.
        with anyio.CancelScope() as scope, self._gone.ending(scope.cancel):
            try:
                return await self._engine.analyse(path_of(song), self._gone, self._step_s, self._left_s, on_rows)
            except TooLong as error:
                if self._left_s < self._most_s:
                    raise TooLong(f"The songs of a request may play {self._most_s / 60:g} minutes together.") from error
                raise
        raise ClientDisconnect

    def _end(self, outcome: str, begin: float, **figures: Any) -> None:
        self._metrics.song(outcome)
        log.info("song", outcome=outcome, took_s=round(time.perf_counter() - begin, 2), **figures)

    async def outcome(self, song: UploadFile) -> Analysis | Problem:
        """What comes of a song, or why nothing does. Raises ClientDisconnect."""
        try:
            return await self.analyse(song)
        except AudioError as error:
            return Problem(error.code, str(error))

    async def rows(self, song: UploadFile) -> AsyncGenerator[Array | Analysis, None]:
        """The rows as they come, and then the whole. Raises as `analyse`."""
        queue: asyncio.Queue[Array | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def tell(rows: Array | None) -> None:
            loop.call_soon_threadsafe(queue.put_nowait, rows)

        task = asyncio.create_task(self.analyse(song, tell))
        task.add_done_callback(lambda _: tell(None))
        try:
            while (rows := await queue.get()) is not None:
                yield rows
            yield await task
        finally:
            if not task.done():  # nobody waits for it any more; its file must not be closed before it has ended
                self._gone.set()
                with anyio.CancelScope(shield=True):
                    await asyncio.wait([task])
            if not task.cancelled():
                task.exception()  # where nobody is left to tell it to
