"""One process that serves: uvicorn on a socket that listens already, until it is told to stop."""

from __future__ import annotations

import os
import signal
import socket
from typing import Any

import uvicorn

from model.contract import Contract
from server.app import create_app
from server.connection import patient
from server.settings import Settings
from server.sharing import SharingServer

SHUTDOWN_S = 30  # for what was begun


def serve(settings: Settings, contract: Contract, listener: socket.socket, *, model_first: bool = False) -> None:
    """Serves; on SIGTERM or SIGINT it ends what was begun, and the process, with 0.

    model_first: no connection is taken before the model is loaded.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _leave)
    config = uvicorn.Config(
        create_app(settings, contract, model_first=model_first),
        http=patient(settings),
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    kind = SharingServer if settings.workers > 1 else uvicorn.Server
    kind(config).run(sockets=[listener])


def _leave(*_: Any) -> None:
    """uvicorn raises the signal again when it has ended all. Without Python's own end: TensorFlow may be loading."""
    os._exit(0)
