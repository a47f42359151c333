"""model/runtime.py: both runtimes give the same logits, from several threads, and windows are run as they come."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from model.contract import load_contract
from model.runtime import Runtime, TensorFlowOnGpu, XnnpackOnCpu, load_runtime, run_as_they_come
from tests.support import REPOSITORY

CONTRACT = load_contract(REPOSITORY / "model")
SAVED_MODEL = CONTRACT.folder / CONTRACT.server_model


@pytest.fixture(scope="module")
def xnnpack() -> XnnpackOnCpu:
    return XnnpackOnCpu(SAVED_MODEL)


def windows(n: int) -> np.ndarray:
    shape = (n, CONTRACT.windows.window_frames, CONTRACT.chain.n_mels)
    return np.random.default_rng(n).normal(-40, 15, shape).astype(np.float32)


def test_both_runtimes_give_the_same_logits(xnnpack: XnnpackOnCpu) -> None:
    on_gpu = TensorFlowOnGpu(SAVED_MODEL)  # TensorFlow runs it on the CPU where there is no GPU
    logits = on_gpu(windows(3))
    assert logits.shape == (3, CONTRACT.windows.window_steps, len(CONTRACT.genres))
    np.testing.assert_allclose(run_as_they_come(xnnpack, windows(3)), logits, atol=1e-3)


def test_threads_do_not_mix_their_windows(xnnpack: XnnpackOnCpu) -> None:
    some = windows(40)
    one_by_one = [xnnpack(window[np.newaxis]) for window in some]
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda window: xnnpack(window[np.newaxis]), some))
    np.testing.assert_array_equal(at_once, one_by_one)


class Recorder:
    """Adds up each window, and notes how many it was given at a time."""

    def __init__(self, max_windows: int) -> None:
        self.max_windows = max_windows
        self.calls: list[int] = []

    def __call__(self, windows: np.ndarray) -> np.ndarray:
        self.calls.append(len(windows))
        return windows.sum(axis=(1, 2), keepdims=True)


@pytest.mark.parametrize(("max_windows", "calls"), [(1, [1] * 7), (3, [3, 3, 1]), (16, [7])])
def test_windows_are_run_in_order_as_many_at_a_time_as_allowed(max_windows: int, calls: list[int]) -> None:
    recorder = Recorder(max_windows)
    runtime: Runtime = recorder
    logits = run_as_they_come(runtime, windows(7))
    np.testing.assert_allclose(logits, windows(7).sum(axis=(1, 2), keepdims=True))
    assert recorder.calls == calls


def test_a_window_is_run_before_the_next_is_asked_for() -> None:
    recorder = Recorder(1)

    def song() -> Iterator[np.ndarray]:
        for n, window in enumerate(windows(4)):
            assert recorder.calls == [1] * n
            yield window

    run_as_they_come(recorder, song())


def test_a_folder_without_a_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=str(tmp_path)):
        load_runtime(tmp_path)
