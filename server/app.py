"""The application, put together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from fastapi import FastAPI
from starlette.types import ASGIApp, Lifespan

from model.contract import Contract
from server.engine import Engine
from server.files import Files
from server.headers import SecurityHeaders
from server.metrics import Metrics, metrics_routes
from server.other_origins import OtherOrigins
from server.pages import health_routes, page_routes
from server.predict import predict_routes
from server.problems import install_problem_handlers
from server.request_ids import RequestIds
from server.settings import STATIC, Settings

PAGE_FIRST_S = 0.3  # importing TensorFlow holds the interpreter's lock: the first page goes out before it
DESCRIPTION = "Send a song, get its genres second by second. The page at / does the same in the browser."


def create_app(settings: Settings, contract: Contract, *, model_first: bool = False) -> ASGIApp:
    """The ASGI application for a checked model folder; loads the model when it starts up.

    model_first: it has started when the model is loaded; else the page is there at once, and /predict later.
    """
    metrics = Metrics(is_one_of_several=settings.workers > 1)
    engine = Engine(settings, contract, metrics)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if model_first:
            await anyio.to_thread.run_sync(engine.load)
        else:
            asyncio.get_running_loop().call_later(PAGE_FIRST_S, engine.start)
        yield

    return app_around(engine, settings, contract, metrics, lifespan)


def app_around(
    engine: Engine, settings: Settings, contract: Contract, metrics: Metrics, lifespan: Lifespan[FastAPI] | None = None
) -> ASGIApp:
    """The ASGI application for an engine that somebody loads. lifespan: what is done while the application runs."""
    # FastAPI's /docs takes its scripts from another origin, which nothing of ours ever does. /predict/ is nothing: it
    # would be sent on to an address that the client's own Host makes, by http, to which a song would go in the clear.
    app = FastAPI(
        title="Genrescope", description=DESCRIPTION, lifespan=lifespan, docs_url=None, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    install_problem_handlers(app)
    app.include_router(page_routes(contract, STATIC))
    app.include_router(health_routes(engine))
    app.include_router(metrics_routes(metrics))
    app.include_router(predict_routes(settings, engine, metrics))
    app.mount("/static", Files(directory=STATIC))
    shared = OtherOrigins(app, settings.allowed_origins) if settings.allowed_origins else app
    return RequestIds(SecurityHeaders(shared))
