"""Ray itself: a cluster to work on, and a shard's way through it. Nothing else of this package imports it."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from itertools import islice
from typing import Any

os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # nothing is told to anybody
os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")

import pyarrow as pa
import ray
import ray.data

from genrescope.catalogue.attempts import Attempts
from genrescope.catalogue.stages import Decode, Hear, Plan
from genrescope.errors import CommandError
from genrescope.listener import hushed_stderr
from model import own_ray
from model.cores import usable_cores
from model.own_ray import EMBEDDED

WAVE = 10_000  # shards that the driver has in its memory; between waves the workers are started anew
# What the workers take of a core as Ray counts them: decoding is three quarters of the work, and one worker of the
# network keeps up with three that decode (docs/evidence/catalogue.json).
DECODE_CORES, HEAR_CORES, DECODERS_A_HEARER = 0.75, 0.25, 3
IN_FLIGHT = 2  # shards of a worker: the next one is there when it has done one
STORE_BYTES_A_CORE = 300 * 10**6  # log-mels of three shards of 64 songs of four minutes
AS_OURS = {"runtime_env": {"env_vars": {"OPENBLAS_NUM_THREADS": "1"}}}  # see model/__init__.py; others have it from us


def check_address(address: str) -> None:
    """Raises CommandError where nobody answers at host:port."""
    try:
        own_ray.check_address(address)
    except ConnectionError as error:
        raise CommandError(f"there is no Ray at {address!r} that can be used: {error}") from error


@contextmanager
def cluster(address: str, n_cores: int | None) -> Iterator[None]:
    """Connected: "local" is one of this machine and command alone. Raises CommandError."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    connection = ExitStack()
    try:
        with hushed_stderr():
            connection.enter_context(_connected(address, n_cores))
    except Exception as error:  # Ray's own are of many kinds, and some of none
        raise CommandError(f"there is no Ray at {address!r} that can be used: {_last_line(error)}") from error
    for number, handler in handlers.items():  # Ray puts its own there
        signal.signal(number, handler)
    try:
        yield
    finally:
        with hushed_stderr():
            connection.close()


def _connected(address: str, n_cores: int | None) -> Any:
    quiet = {"logging_level": logging.CRITICAL, "log_to_driver": False}
    if address != EMBEDDED:
        return ray.init(address=address, **AS_OURS, **quiet)
    cores = n_cores or usable_cores()
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    store = min((cores + 1) * STORE_BYTES_A_CORE, memory * 3 // 10)
    return own_ray.own_ray(num_cpus=cores, object_store_memory=store, **quiet)


def heard_shards(plan: Plan, shards: Iterator[tuple[int, Sequence[bytes]]]) -> Iterator[Mapping[str, Any]]:
    """What was done of each shard, given as its number and its songs' names, once it is done. Raises CommandError."""
    _hush_data()
    # Where its machine goes it begins anew elsewhere, and has forgotten who died of what.
    lives_on = {"max_restarts": -1, "max_task_retries": -1}
    attempts = ray.remote(Attempts).options(num_cpus=0, max_concurrency=1, **lives_on).remote()
    ask = _Ask(attempts)
    try:
        while wave := list(islice(shards, WAVE)):
            for done in _wave(plan, ask, wave):
                if done["failure"] is not None:
                    raise CommandError(done["failure"])
                yield done
    except ray.exceptions.RayError as error:
        raise CommandError(f"the job was ended by an error in a worker: {_last_line(error)}") from error


class _Ask:
    """Calls a method of an actor, and waits. Goes to other processes."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def __call__(self, method: str, *arguments: Any) -> Any:
        return ray.get(getattr(self._actor, method).remote(*arguments))


def _wave(
    plan: Plan, ask: Callable[..., int], wave: Sequence[tuple[int, Sequence[bytes]]]
) -> Iterator[Mapping[str, Any]]:
    n_decoders, n_hearers, hearer = _workers(len(wave))
    blocks = [pa.table({"shard": [shard], "names": [list(names)]}) for shard, names in wave]
    told = {"batch_size": 1, "batch_format": "pyarrow", "fn_constructor_args": (plan, ask)}
    rows = (
        ray.data.from_arrow(blocks)
        .map_batches(Decode, compute=_pool(n_decoders), num_cpus=DECODE_CORES, **told)
        .map_batches(Hear, compute=_pool(n_hearers), **hearer, **told)
    )
    yield from rows.iter_rows()


def _workers(n_shards: int) -> tuple[int, int, dict[str, float]]:
    """How many decode and how many hear, and what each of the latter takes: a GPU, where there are any."""
    there = ray.cluster_resources()
    n_cores, n_gpus = int(there.get("CPU", 1)), int(there.get("GPU", 0))
    n_decoders = max(1, min(n_shards, n_cores))
    n_hearers = n_gpus or -(-n_cores // DECODERS_A_HEARER)
    hearer = {"num_gpus": 1.0, "num_cpus": 0.0} if n_gpus else {"num_cpus": HEAR_CORES}
    return n_decoders, max(1, min(n_shards, n_hearers)), hearer


def _pool(n_workers: int) -> Any:
    return ray.data.ActorPoolStrategy(size=n_workers, max_tasks_in_flight_per_actor=IN_FLIGHT)


def _hush_data() -> None:
    context = ray.data.DataContext.get_current()
    context.enable_progress_bars = False
    context.print_on_execution_start = False
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _last_line(error: BaseException) -> str:
    """Of an error in a worker's worker: before it stands where it happened."""
    return (str(error).strip().splitlines() or [type(error).__name__])[-1]
