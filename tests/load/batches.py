"""Whether running several windows at a time pays: windows a second of the shipped network on all cores, side by side.

What could be run together are windows of one song, or of songs that are heard at the same time. On a GPU they are
(see model/runtime.py); here is what it does on this machine's processor, in both of TensorFlow's runtimes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from model.contract import Contract, load_contract
from model.cores import usable_cores
from model.features import Float32
from model.runtime import TensorFlowOnGpu
from tests.support import REPOSITORY

SIZES = (1, 2, 4, 8)
N_WINDOWS = 64  # a measurement: eight songs of half a minute and more
N_ROUNDS = 9


def windows_per_s() -> dict[str, dict[int, float]]:
    """Runtime to windows at a time to windows a second.

    The fastest of rounds in which all sizes take turns: other work only ever slows one down.
    """
    contract = load_contract(REPOSITORY / "model")
    return {
        "XNNPACK (what serves on a CPU)": _measure(_xnnpack(contract), contract),
        "TensorFlow (what serves on a GPU)": _measure(
            TensorFlowOnGpu(contract.folder / contract.server_model), contract
        ),
    }


def _measure(run: Callable[[Float32], object], contract: Contract) -> dict[int, float]:
    shape = (contract.windows.window_frames, contract.chain.n_mels)
    windows = np.random.default_rng(0).normal(-40, 15, (N_WINDOWS, *shape)).astype(np.float32)
    rates: dict[int, list[float]] = {size: [] for size in SIZES}
    with ThreadPoolExecutor(usable_cores()) as pool:
        for _ in range(N_ROUNDS):
            for size in SIZES:
                batches = [windows[n : n + size] for n in range(0, N_WINDOWS, size)]
                begin = time.perf_counter()
                list(pool.map(run, batches))
                rates[size].append(N_WINDOWS / (time.perf_counter() - begin))
    return {size: max(values) for size, values in rates.items()}


def _xnnpack(contract: Contract) -> Callable[[Float32], object]:
    """As model/runtime.py has it, an interpreter a thread, for batches of any size."""
    import tensorflow as tf

    network = tf.lite.TFLiteConverter.from_saved_model(str(contract.folder / contract.server_model)).convert()
    interpreters: dict[tuple[int, int], Any] = {}

    def interpreter_of(batch: Float32) -> Any:
        own = (threading.get_ident(), len(batch))
        if own not in interpreters:
            interpreters[own] = made = tf.lite.Interpreter(model_content=network, num_threads=1)
            made.resize_tensor_input(made.get_input_details()[0]["index"], batch.shape)
            made.allocate_tensors()
        return interpreters[own]

    def run(batch: Float32) -> Any:
        interpreter = interpreter_of(batch)
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], batch)
        interpreter.invoke()
        return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])

    return run
