"""The server on Ray Serve: `python -m server --ray ADDRESS`, or the application by its import path.

import_path: server.ray_serve:application
args: {MODEL: /models/mine, GENRESCOPE_MAX_ANALYSES: "2"}    # any of the settings; else the environment's
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ray import serve
from ray.serve import Application

from model.contract import load_contract
from server.problems import RETRY_AFTER_S
from server.ray_network import Network, model_id, replicas_of
from server.ray_songs import Songs
from server.serving import SHUTDOWN_S
from server.settings import Settings, read_settings

PAGE_REQUESTS = 100  # at a time in a replica, of the page's files and of health, beside the songs
NETWORK_CALLS = 64  # at a time in a replica of the network: more than a batch, so that the next one is there
CONSTRUCTOR_TRIES = 3


def application(args: Mapping[str, object]) -> Application:
    """Of the settings, and of those given instead by their variables' names. Raises SettingsError, ContractError."""
    return application_of(read_settings({name: str(value) for name, value in args.items()}))


def application_of(settings: Settings) -> Application:
    """Both deployments. One that is deployed in place of another takes over when it is ready, and no song is lost."""
    in_common: dict[str, Any] = {
        "max_surge_percent": 100,  # the new ones are there before an old one goes
        "max_constructor_retry_count": CONSTRUCTOR_TRIES,
        "graceful_shutdown_timeout_s": SHUTDOWN_S,
        "graceful_shutdown_wait_loop_s": 0.2,
        "backpressure_config": {"retry_after_s": RETRY_AFTER_S},
        "logging_config": logging_of(settings),
    }
    network = serve.deployment(
        autoscaling_config=replicas_of(
            settings.network_replicas_min, settings.network_replicas_max, settings.network_target
        ),
        max_ongoing_requests=NETWORK_CALLS,
        ray_actor_options={"num_cpus": 1, "num_gpus": settings.network_gpus},
        **in_common,
    )(Network)
    songs = serve.deployment(
        autoscaling_config=replicas_of(
            settings.decode_replicas_min, settings.decode_replicas_max, settings.max_analyses
        ),
        max_ongoing_requests=settings.max_analyses + settings.max_waiting + PAGE_REQUESTS,
        max_queued_requests=settings.max_waiting + PAGE_REQUESTS,
        ray_actor_options={"num_cpus": 1},
        **in_common,
    )(serve.ingress()(Songs))
    which = model_id(load_contract(settings.model))
    return songs.bind(settings, network.bind(which, settings.batch_windows, settings.batch_wait_ms / 1000))


def logging_of(settings: Settings) -> dict[str, Any]:
    """Serve's own lines: what goes wrong. A song has a line of ours; Serve would write one a call as well."""
    encoding = "JSON" if settings.log == "json" else "TEXT"
    return {"encoding": encoding, "log_level": "WARNING", "enable_access_log": False}
