"""`python -m server --ray ADDRESS`: the application on a Ray cluster, or on one that lives as long as this process."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.settings import REPOSITORY, Settings

EMBEDDED = "local"
NAME = "genrescope"
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
    os.environ |= ENVIRONMENT | {"PYTHONPATH": os.pathsep.join([str(REPOSITORY), os.environ.get("PYTHONPATH", "")])}
    import ray
    from ray import serve

    from server.ray_serve import application_of

    with _embedded(settings) if address == EMBEDDED else ray.init(address, log_to_driver=False):
        serve.start(http_options=_http_options(settings))
        serve.run(application_of(settings), name=NAME)
        if address == EMBEDDED:
            _until_told()
            serve.delete(NAME)  # which lets it end what it has begun
            serve.shutdown()  # type: ignore[no-untyped-call]


@contextmanager
def _embedded(settings: Settings) -> Iterator[None]:
    """Ray on this machine alone, on ports and in a folder of its own."""
    import ray

    n_replicas = settings.decode_replicas_max + settings.network_replicas_max
    # Sockets lie in it, whose paths have to be short.
    with tempfile.TemporaryDirectory(
        prefix="genrescope-ray-", dir=Path(os.sep, "tmp"), ignore_cleanup_errors=True
    ) as folder:
        ray.init(
            num_cpus=2 * n_replicas,  # each keeps one, also while it is renewed: the system shares out the real ones
            object_store_memory=OBJECT_STORE_BYTES,
            include_dashboard=False,
            _temp_dir=folder,
            _node_ip_address="127.0.0.1",
        )
        try:
            yield
        finally:
            ray.shutdown()


def _http_options(settings: Settings) -> dict[str, str | int]:
    return {"host": settings.host, "port": settings.port, "keep_alive_timeout_s": round(settings.idle_timeout_s)}


def _until_told() -> None:
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    told.wait()
