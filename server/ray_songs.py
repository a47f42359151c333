"""The application in replicas of its own (Ray Serve): they take songs in, decode them and make their log-mel."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from ray.serve.handle import DeploymentHandle
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from model.contract import Contract, load_contract
from model.predictor import Predictor
from server.app import app_around
from server.engine import Engine
from server.logs import start_logging
from server.metrics import Metrics
from server.ray_network import RemoteNetwork
from server.settings import Settings


class Songs:
    """A replica: the same application as uvicorn's, its network elsewhere."""

    def __init__(self, settings: Settings, network: DeploymentHandle[Any]) -> None:
        """Raises ContractError."""
        start_logging(settings.log)
        self._settings, self._contract = settings, load_contract(settings.model)
        self._metrics = Metrics()

        def load(contract: Contract) -> Predictor:
            return Predictor(contract, runtime=RemoteNetwork(network, contract, settings.max_analyses))

        self._engine = Engine(settings, self._contract, self._metrics, load)

    async def __serve_build_asgi_app__(self) -> ASGIApp:
        """What Serve asks for, once: there when a song of silence was heard. Raises RuntimeError when it cannot be."""
        await asyncio.to_thread(self._engine.load)
        await self.check_health()
        return Undisturbed(app_around(self._engine, self._settings, self._contract, self._metrics))

    async def check_health(self) -> None:
        """Raises RuntimeError where there is no model."""
        if self._engine.failure is not None:
            raise RuntimeError(self._engine.failure)


class Undisturbed:
    """ASGI app around one that is told by a message when its client has gone, as ASGI says.

    Serve cancels it instead, which would close a song's file while a thread still reads it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Ends when the app has ended, cancelled or not."""
        gone = asyncio.Event()

        async def receive_or_hear_of_it() -> Message:
            message, hung_up = asyncio.ensure_future(receive()), asyncio.create_task(gone.wait())
            try:
                await asyncio.wait([message, hung_up], return_when=asyncio.FIRST_COMPLETED)
                return {"type": "http.disconnect"} if gone.is_set() else message.result()
            finally:
                message.cancel()
                hung_up.cancel()

        async def send_while_there(message: Message) -> None:
            if not gone.is_set():
                await send(message)

        work = asyncio.ensure_future(self._app(scope, receive_or_hear_of_it, send_while_there))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            gone.set()
            with suppress(Exception):  # nobody is left to tell it to
                await work
            raise
