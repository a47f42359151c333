"""The network in replicas of its own (Ray Serve), and how it is called from where songs are decoded.

A call has some windows of one song and the name of its model. A replica runs the windows of several calls at a time;
while one model follows another it has both, so that a song is heard by one network from its first window to its last.
"""

from __future__ import annotations

import asyncio
import json
import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import ray
from ray import serve
from ray.exceptions import RayActorError
from ray.serve.exceptions import BackPressureError, DeploymentUnavailableError, ReplicaUnavailableError
from ray.serve.handle import DeploymentHandle

from model.contract import Contract, ContractError, load_contract
from model.features import Float32
from model.predictor import runtime_of
from model.runtime import MAX_RUNNING, Runtime
from server.problems import RETRY_AFTER_S, Problem

CALL_WINDOWS = 4  # in 30 s of sound: fewer are mostly the call's own cost, more come late
MAX_MODELS = 2  # in a replica: the one that is served, and the one before it, which songs are still heard by
PATIENCE_S = 120.0  # with a call: a replica may have to be started first, or to load another model
MAX_TRIES = 3  # of a call whose replica dies


def model_id(contract: Contract) -> str:
    """What a replica of the network knows a model by: where it is, and which export it was then."""
    return json.dumps([str(contract.folder.resolve()), contract.version])


def load_by_id(which: str) -> Runtime:
    """Raises ContractError, also when the folder holds another export by now."""
    folder, version = json.loads(which)
    contract = load_contract(Path(folder))
    if contract.version != version:
        raise ContractError(f"{folder} holds version {contract.version}, and {version} was asked for")
    return runtime_of(contract)


class Network:
    """A replica: runs windows, on as many threads as it has cores, or on its GPU."""

    async def __init__(  # type: ignore[misc]  # Serve waits for it
        self, which: str, batch_windows: int, batch_wait_s: float
    ) -> None:
        """which: the model that is loaded before anybody asks for it. Raises ContractError."""
        n_cores = ray.get_runtime_context().get_assigned_resources().get("CPU", 1)
        self._pool = ThreadPoolExecutor(max(1, math.ceil(n_cores)), "network")
        batches: Any = self._run
        batches.set_max_batch_size(max(batch_windows, CALL_WINDOWS))
        batches.set_batch_wait_timeout_s(batch_wait_s)
        self._probe = np.zeros((1, *_window_shape(which)), np.float32)
        self._first = await self._network(which)

    @serve.multiplexed(max_num_models_per_replica=MAX_MODELS)  # type: ignore[untyped-decorator]
    async def _network(self, which: str) -> Runtime:
        return await asyncio.to_thread(load_by_id, which)

    async def check_health(self) -> None:
        """Runs a window; raises what the network does when it cannot."""
        await asyncio.get_running_loop().run_in_executor(self._pool, self._first, self._probe)

    async def device(self) -> str:
        """What the network runs on, as TensorFlow names it."""
        network: Runtime = await self._network(serve.get_multiplexed_model_id())
        return network.device

    async def logits(self, windows: Float32) -> Float32:
        """Windows [n, window_frames, n_mels] of one song to [n, window_steps, genres]."""
        found: Float32 = await self._run(windows)
        return found

    @serve.batch(  # type: ignore[untyped-decorator]
        batch_size_fn=lambda calls: sum(map(len, calls)), max_concurrent_batches=2
    )
    async def _run(self, calls: list[Float32]) -> list[Float32]:
        network: Runtime = await self._network(serve.get_multiplexed_model_id())
        windows, size = np.concatenate(calls), network.max_windows
        loop = asyncio.get_running_loop()
        pieces = [windows[first : first + size] for first in range(0, len(windows), size)]
        logits = await asyncio.gather(*(loop.run_in_executor(self._pool, network, piece) for piece in pieces))
        return np.split(np.concatenate(logits), np.cumsum([len(call) for call in calls])[:-1])


def _window_shape(which: str) -> tuple[int, int]:
    contract = load_contract(Path(json.loads(which)[0]))
    return contract.windows.window_frames, contract.chain.n_mels


class RemoteNetwork:
    """A Runtime whose windows are run by the replicas. Raises Problem where none can take them."""

    max_windows = CALL_WINDOWS

    def __init__(self, network: DeploymentHandle[Any], contract: Contract, max_songs: int) -> None:
        """max_songs: that are heard at a time. Waits until the network is there."""
        self._replicas = network.options(multiplexed_model_id=model_id(contract))
        self.max_calls = max_songs * MAX_RUNNING
        self.device = str(self._replicas.device.remote().result(timeout_s=PATIENCE_S))

    def __call__(self, windows: Float32) -> Float32:
        """Once more where a replica dies over it: windows can be run again."""
        for _ in range(MAX_TRIES):
            try:
                return np.asarray(self._replicas.logits.remote(windows).result(timeout_s=PATIENCE_S))
            except (RayActorError, ReplicaUnavailableError):
                continue
            except (BackPressureError, DeploymentUnavailableError, TimeoutError):
                break
        raise busy()


def busy() -> Problem:
    """There is more to do than replicas for it."""
    return Problem("busy", headers={"Retry-After": str(RETRY_AFTER_S)})


def replicas_of(least: int, most: int, target: int) -> dict[str, Any]:
    """Serve's autoscaling: so many replicas, a target of so many requests under way in each."""
    return {"min_replicas": least, "max_replicas": max(least, most), "target_ongoing_requests": target}
