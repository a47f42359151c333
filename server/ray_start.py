"""`python -m server --ray ADDRESS`: the application on a Ray cluster, or on one that lives as long as this process."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import AbstractContextManager
from typing import Any

from model.own_ray import EMBEDDED, check_address, keep_a_secret, own_ray
from server.settings import REPOSITORY, Settings

NAME = "genrescope"
KEEP_ALIVE_S = 5  # as uvicorn's own
OBJECT_STORE_BYTES = 200_000_000  # windows pass through it, of which each song has a few at a time
# Of Ray and all that it starts. Its own defaults would tell its makers of us, and leave out lines of our log.
ENVIRONMENT = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DEDUP_LOGS": "0",
    "RAY_SERVE_HTTP_PROXY_CALLBACK_IMPORT_PATH": "server.ray_proxy:middlewares",
}


def serve_on_ray(settings: Settings, address: str) -> None:
    """EMBEDDED: until SIGTERM or SIGINT. Else until the application runs on that cluster, in place of what did before.

    Raises ConnectionError without the cluster, RuntimeError where no replica starts.
    """
    if address == EMBEDDED:
        keep_a_secret()
        os.environ["RAY_AUTH_MODE"] = "token"
    else:
        check_address(address)
    os.environ |= ENVIRONMENT | {"PYTHONPATH": os.pathsep.join([str(REPOSITORY), *_python_path()])}
    import ray
    from ray import serve

    from server.ray_serve import application_of, logging_of

    _end_when_told()
    with _embedded(settings) if address == EMBEDDED else _connected(address):
        _end_when_told()  # Ray has put its own way in place of ours
        print(f"Ray is at {ray.get_runtime_context().gcs_address}", flush=True)
        serve.start(http_options=_http_options(settings), logging_config=logging_of(settings))
        serve.run(application_of(settings), name=NAME)
        if address == EMBEDDED:
            try:
                threading.Event().wait()
            finally:
                serve.delete(NAME)  # which lets it end what it has begun
                serve.shutdown()


def _python_path() -> list[str]:
    """Nothing in it would be the folder that one is in."""
    return [folder for folder in os.environ.get("PYTHONPATH", "").split(os.pathsep) if folder]


def _connected(address: str) -> Any:
    import ray

    try:
        return ray.init(address, log_to_driver=False)
    except ray.exceptions.RayError as error:  # a secret that is not there, or another one
        raise ConnectionError(str(error)) from error


def _embedded(settings: Settings) -> AbstractContextManager[None]:
    n_replicas = settings.decode_replicas_max + settings.network_replicas_max
    n_cpus = 2 * n_replicas  # each keeps one, also while it is renewed: the system shares out the real ones
    return own_ray(num_cpus=n_cpus, object_store_memory=OBJECT_STORE_BYTES)


def _http_options(settings: Settings) -> dict[str, str | int]:
    return {"host": settings.host, "port": settings.port, "keep_alive_timeout_s": KEEP_ALIVE_S}


def _end_when_told() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
