"""POST /predict: songs in, their genres second by second out."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Annotated

import anyio
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from starlette.datastructures import UploadFile
from starlette.requests import ClientDisconnect

from model.audio import AudioError
from model.features import Array
from model.song_stream import Analysis
from server.answers import CSV, NDJSON, Heard, Lines, as_csv, as_json, form_asked_for
from server.engine import Engine
from server.logs import logger
from server.metrics import HEARD, Metrics
from server.problems import Problem
from server.schemas import PREDICT_RESPONSES, UPLOAD_SCHEMA, Prediction, Results, TopPrediction
from server.settings import Settings
from server.uploads import Uploads, path_of

log = logger()

NO_STORE = {"Cache-Control": "no-store"}
Top = Annotated[int | None, Query(ge=1, le=100, description="Only the likeliest genres of each row, this many.")]
HopS = Annotated[
    float | None, Query(ge=0.1, le=60, description="Seconds from one row to the next, instead of the model's own.")
]


def predict_routes(settings: Settings, engine: Engine, metrics: Metrics) -> APIRouter:
    """The route, bound to an engine."""
    router = APIRouter()
    uploads = Uploads(settings, metrics)

    @router.post(
        "/predict",
        response_model=Prediction | TopPrediction | Results,
        responses=PREDICT_RESPONSES,
        openapi_extra={"requestBody": UPLOAD_SCHEMA},
        summary="The genres of songs, one row per second",
    )
    async def predict(request: Request, top: Top = None, hop_s: HopS = None) -> Response:
        async with AsyncExitStack() as until_answered:
            until_answered.enter_context(metrics.refusals())
            engine.predictor()  # before the upload is read: the client can then wait and try again
            songs = await until_answered.enter_async_context(uploads.receive(request))
            gone = await until_answered.enter_async_context(_hang_up(request))
            hearing = Hearing(engine, metrics, gone, hop_s)
            form = form_asked_for(request.headers.get("accept", ""))
            if form == NDJSON:
                return await _streamed(hearing, songs, top, until_answered)
            heard = [await hearing.outcome(song, is_alone=len(songs) == 1) for song in songs]
            if form == CSV:
                return Response("".join(as_csv(heard, top)), headers=NO_STORE, media_type=CSV)
            return JSONResponse(as_json(heard, top), headers=NO_STORE)

    return router


class Hearing:
    """The songs of one request, heard one after the other."""

    def __init__(self, engine: Engine, metrics: Metrics, gone: threading.Event, step_s: float | None) -> None:
        self._engine, self._metrics, self._gone, self._step_s = engine, metrics, gone, step_s

    def lines(self, place: int, song: UploadFile, top: int | None) -> Lines:
        """For the answer's lines about a song."""
        return Lines(place, song.filename or "", self._engine.contract_at(self._step_s), top)

    async def outcome(self, song: UploadFile, *, is_alone: bool) -> Heard:
        """What comes of a song. One that is alone raises its AudioError: it is the whole answer."""
        try:
            return Heard(song.filename or "", await self.analyse(song))
        except AudioError as error:
            if is_alone:
                raise
            return Heard(song.filename or "", Problem(error.code, str(error)))

    async def analyse(self, song: UploadFile, on_rows: Callable[[Array], None] = lambda _: None) -> Analysis:
        """on_rows is called in another thread. Raises AudioError; ClientDisconnect when the client has hung up."""
        begin = time.perf_counter()
        try:
            analysis = await self._engine.analyse(path_of(song), self._gone, self._step_s, on_rows)
        except AudioError as error:
            self._end(error.code, begin)
            raise
        except ClientDisconnect:
            self._end("hung_up", begin)
            raise
        self._end(HEARD, begin, audio_s=round(analysis.duration_s, 1))
        self._metrics.audio_s.inc(analysis.duration_s)
        return analysis

    def _end(self, outcome: str, begin: float, **figures: float) -> None:
        self._metrics.song(outcome)
        log.info("song", outcome=outcome, took_s=round(time.perf_counter() - begin, 2), **figures)

    async def rows(self, song: UploadFile) -> AsyncGenerator[Array | Analysis, None]:
        """The rows as they come, and then the whole."""
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
                task.exception()  # that the client has hung up: there is nobody to tell


async def _streamed(
    hearing: Hearing, songs: list[UploadFile], top: int | None, until_answered: AsyncExitStack
) -> Response:
    """The answer begins when there is something to say: a song that cannot be heard and came alone has its status."""
    lines = _lines(hearing, songs, top)
    first = await anext(lines)
    keep = until_answered.pop_all()

    async def content() -> AsyncIterator[str]:
        async with keep:
            yield first
            async for line in lines:
                yield line

    return StreamingResponse(content(), headers=NO_STORE, media_type=NDJSON)


async def _lines(hearing: Hearing, songs: list[UploadFile], top: int | None) -> AsyncIterator[str]:
    for place, song in enumerate(songs):
        async with aclosing(
            _lines_of(hearing, song, hearing.lines(place, song, top), is_alone=len(songs) == 1)
        ) as lines:
            async for line in lines:
                yield line


async def _lines_of(hearing: Hearing, song: UploadFile, lines: Lines, *, is_alone: bool) -> AsyncGenerator[str, None]:
    has_begun = False
    try:
        async with aclosing(hearing.rows(song)) as rows_as_they_come:
            async for rows in rows_as_they_come:
                text = lines.end(rows) if isinstance(rows, Analysis) else lines.rows(rows)
                if text:
                    yield text if has_begun else lines.begin() + text
                    has_begun = True
    except AudioError as error:
        if is_alone and not has_begun:
            raise
        yield lines.problem(Problem(error.code, str(error)))


@asynccontextmanager
async def _hang_up(request: Request) -> AsyncIterator[threading.Event]:
    """An event that is set when the client has hung up."""
    gone = threading.Event()
    watcher = asyncio.create_task(_set_when_gone(request, gone))
    try:
        yield gone
    finally:
        watcher.cancel()


async def _set_when_gone(request: Request, gone: threading.Event) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    gone.set()
