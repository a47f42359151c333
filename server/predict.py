"""POST /predict: one song in, its genres second by second out."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.datastructures import UploadFile

from server.body import LimitedBody
from server.engine import RETRY_AFTER_S, Engine
from server.problems import Problem
from server.schemas import PREDICT_RESPONSES, UPLOAD_SCHEMA, Prediction
from server.settings import Settings

log = logging.getLogger("genrescope")

MAX_OTHER_FIELDS = 16  # ignored; a client may send a few, not thousands


def predict_routes(settings: Settings, engine: Engine) -> APIRouter:
    """The route, bound to an engine."""
    router = APIRouter()
    places = threading.BoundedSemaphore(settings.max_analyses + settings.max_waiting)

    @router.post(
        "/predict",
        response_model=Prediction,
        responses=PREDICT_RESPONSES,
        openapi_extra={"requestBody": UPLOAD_SCHEMA},
        summary="The genres of a song, one row per second",
    )
    async def predict(request: Request) -> Response:
        begin = time.perf_counter()
        body = LimitedBody(request, settings)
        engine.predictor()  # before the upload is read: the client can then wait and try again
        with _place_among(places):
            upload = await _receive_song(body)
            try:
                result = await _analyse(request, engine, upload)
            finally:
                await upload.close()
        log.info("predict: %.1f s of audio in %.2f s", result["duration_s"], time.perf_counter() - begin)
        return JSONResponse(result, headers={"Cache-Control": "no-store"})

    return router


@contextmanager
def _place_among(places: threading.BoundedSemaphore) -> Iterator[None]:
    """Bounds the space that uploads take on disk: each keeps its own until it is answered."""
    if not places.acquire(blocking=False):
        raise Problem("busy", headers={"Retry-After": str(RETRY_AFTER_S)})
    try:
        yield
    finally:
        places.release()


async def _receive_song(body: LimitedBody) -> UploadFile:
    """The uploaded file, in a temporary file without a name. Raises Problem and HTTPException."""
    body.check_announced_size()
    request = body.request
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Problem("malformed_request")
    form = await request.form(max_files=1, max_fields=MAX_OTHER_FIELDS)
    upload = form.get("file")
    if isinstance(upload, UploadFile):
        return upload
    await form.close()
    if upload is not None:
        raise Problem("malformed_request", "The field 'file' must be a file: its part has no file name.")
    raise Problem("malformed_request")


async def _analyse(request: Request, engine: Engine, upload: UploadFile) -> dict[str, Any]:
    """The result object; ends early, with ClientDisconnect, when the client hangs up."""
    gone = threading.Event()
    watcher = asyncio.create_task(_set_when_gone(request, gone))
    try:
        return await engine.analyse(_path_of(upload), gone)
    finally:
        watcher.cancel()


async def _set_when_gone(request: Request, gone: threading.Event) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    gone.set()


def _path_of(upload: UploadFile) -> Path:
    """A path to the upload. Its file was deleted when it was opened, so nothing can be left over."""
    descriptor = upload.file.fileno()  # also moves a small upload from memory into a file
    upload.file.flush()
    return Path(f"/dev/fd/{descriptor}")
