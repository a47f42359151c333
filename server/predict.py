"""POST /predict: songs in, their genres second by second out."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, aclosing
from typing import Annotated

import anyio
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.datastructures import UploadFile
from starlette.types import Receive, Scope, Send

from model.audio import AudioError
from model.song_stream import Analysis
from server.answers import NDJSON, Heard, Lines, form_asked_for, whole_answer
from server.engine import Engine
from server.hang_up import watch
from server.hearing import Hearing
from server.metrics import Metrics
from server.problems import Problem
from server.schemas import PREDICT_RESPONSES, UPLOAD_SCHEMA, Prediction, Results, TopPrediction
from server.settings import Settings
from server.uploads import Uploads

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
            gone = await until_answered.enter_async_context(watch(request))
            hearing = Hearing(settings, engine, metrics, gone, hop_s)
            form = form_asked_for(request.headers.get("accept", ""))
            if form == NDJSON:
                return await _streamed(hearing, songs, top, until_answered)
            if len(songs) == 1:  # what is wrong with it is the answer
                heard = [Heard(songs[0].filename or "", await hearing.analyse(songs[0]))]
            else:
                heard = [Heard(song.filename or "", await hearing.outcome(song)) for song in songs]
            # Of hours of sound it takes seconds to write down, in which others are to be answered.
            content = await anyio.to_thread.run_sync(whole_answer, form, heard, top)
            return Response(content, headers=NO_STORE, media_type=form)

    return router


async def _streamed(
    hearing: Hearing, songs: list[UploadFile], top: int | None, until_answered: AsyncExitStack
) -> Response:
    """The answer begins when there is something to say: a song that cannot be heard and came alone has its status."""
    lines = _lines(hearing, songs, top)
    first = await anext(lines)
    keep = until_answered.pop_all()

    async def content() -> AsyncGenerator[str, None]:
        async with keep, aclosing(lines):
            yield first
            async for line in lines:
                yield line

    return ClosedResponse(content())


class ClosedResponse(StreamingResponse):
    """Closes what it streams, however it ends. Starlette leaves that to the garbage collection, and songs with it."""

    def __init__(self, content: AsyncGenerator[str, None]) -> None:
        super().__init__(content, headers=NO_STORE, media_type=NDJSON)
        self._content = content

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await self._content.aclose()


async def _lines(hearing: Hearing, songs: list[UploadFile], top: int | None) -> AsyncGenerator[str, None]:
    for place, song in enumerate(songs):
        lines = Lines(place, song.filename or "", hearing.contract, top)
        async with aclosing(_lines_of(hearing, song, lines, is_alone=len(songs) == 1)) as its_lines:
            async for line in its_lines:
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
    except (AudioError, Problem) as error:
        if is_alone and not has_begun:
            raise
        yield lines.problem(error if isinstance(error, Problem) else Problem(error.code, str(error)))
