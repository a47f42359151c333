"""How fast the network runs alone: windows a second. On a GPU where there is one; nobody decodes meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np

from model.contract import load_contract
from model.predictor import runtime_of
from tests.support import REPOSITORY

MEASURED_S = 3.0


@dataclass(frozen=True)
class Rate:
    """device: as TensorFlow names it."""

    device: str
    windows_per_s: float

    @property
    def is_gpu(self) -> bool:
        """Whether it is one."""
        return "GPU" in self.device


def network_rate(seconds: float = MEASURED_S) -> Rate:
    """Of the shipped network on what it runs on here, as many windows at a time as the runtime takes."""
    contract = load_contract(REPOSITORY / "model")
    runtime = runtime_of(contract)
    shape = (runtime.max_windows, contract.windows.window_frames, contract.chain.n_mels)
    windows = np.random.default_rng(0).normal(-40, 15, shape).astype(np.float32)
    runtime(windows)  # warm
    begin_s, n = time.perf_counter(), 0
    while (passed_s := time.perf_counter() - begin_s) < seconds:
        runtime(windows)
        n += len(windows)
    return Rate(runtime.device, n / passed_s)


def windows_per_s_of_song() -> float:
    """How many windows a second of song is."""
    contract = load_contract(REPOSITORY / "model")
    chain, stride = contract.chain, contract.windows.window_stride_frames
    return chain.sample_rate_hz / (chain.hop_length * stride)
