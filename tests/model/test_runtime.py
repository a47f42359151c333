"""model/runtime.py: both runtimes give the same logits, from several threads, and windows are run as they come."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from model.audio import TooShort, open_audio
from model.contract import load_contract
from model.predictor import Predictor
from model.runtime import MAX_RUNNING, TensorFlowOnGpu, XnnpackOnCpu, load_runtime, run_as_they_come
from model.song_stream import Analysis
from tests.support import REPOSITORY, SONGS

CONTRACT = load_contract(REPOSITORY / "model")
SAVED_MODEL = CONTRACT.folder / CONTRACT.server_model


@pytest.fixture(scope="module")
def xnnpack() -> XnnpackOnCpu:
    return XnnpackOnCpu(SAVED_MODEL)


@pytest.fixture
def pool() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


def windows(n: int) -> np.ndarray:
    shape = (n, CONTRACT.windows.window_frames, CONTRACT.chain.n_mels)
    return np.random.default_rng(n).normal(-40, 15, shape).astype(np.float32)


def test_both_runtimes_give_the_same_logits(xnnpack: XnnpackOnCpu, pool: Executor) -> None:
    on_gpu = TensorFlowOnGpu(SAVED_MODEL)  # TensorFlow runs it on the CPU where there is no GPU
    logits = on_gpu(windows(3))
    assert logits.shape == (3, CONTRACT.windows.window_steps, len(CONTRACT.genres))
    np.testing.assert_allclose(list(run_as_they_come(xnnpack, windows(3), pool)), logits, atol=1e-3)


def test_a_gpu_that_cannot_be_used_is_warned_of_and_the_cpu_serves(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import tensorflow as tf

    gone = tf.config.PhysicalDevice("/physical_device:GPU:7", "GPU")  # as TensorFlow names one; it refuses this one
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: [gone])
    runtime = load_runtime(SAVED_MODEL)
    assert (type(runtime), runtime.device) == (XnnpackOnCpu, "/device:CPU:0")
    (warning,) = caplog.messages
    assert warning.startswith("the GPU cannot be used, the CPU serves: ValueError: ")


def test_no_gpu_is_worth_a_warning_only_where_one_is_expected(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import tensorflow as tf

    monkeypatch.setattr(tf.config, "list_physical_devices", lambda _: [])
    for is_for_gpus, n_warnings in ((False, 0), (True, 1)):
        monkeypatch.setattr(tf.test, "is_built_with_cuda", lambda is_for_gpus=is_for_gpus: is_for_gpus)
        assert isinstance(load_runtime(SAVED_MODEL), XnnpackOnCpu)
        assert len(caplog.messages) == n_warnings


def test_a_song_is_the_same_by_the_way_that_a_gpu_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    def heard() -> Analysis:
        with open_audio(SONGS / "blues.mp3") as song:
            return Predictor(CONTRACT).analyse(song.mono(), song.sample_rate_hz)

    monkeypatch.setattr("model.predictor.load_runtime", XnnpackOnCpu)
    by_cpu = heard()
    monkeypatch.setattr("model.predictor.load_runtime", TensorFlowOnGpu)
    by_gpu = heard()
    np.testing.assert_allclose(by_gpu.probabilities, by_cpu.probabilities, atol=1e-4)
    np.testing.assert_allclose(by_gpu.verdict, by_cpu.verdict, atol=1e-4)


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
        self.was_called = threading.Event()

    def __call__(self, windows: np.ndarray) -> np.ndarray:
        self.calls.append(len(windows))
        self.was_called.set()
        return windows.sum(axis=(1, 2), keepdims=True)


@pytest.mark.parametrize(("max_windows", "calls"), [(1, [1] * 7), (3, [1, 3, 3]), (16, [7])])
def test_windows_come_back_in_order_however_many_at_a_time_are_run(
    pool: Executor, max_windows: int, calls: list[int]
) -> None:
    recorder = Recorder(max_windows)
    logits = list(run_as_they_come(recorder, windows(7), pool))
    np.testing.assert_allclose(logits, windows(7).sum(axis=(1, 2), keepdims=True))
    assert sorted(recorder.calls) == calls


def test_more_windows_than_may_wait(pool: Executor) -> None:
    some = np.arange(3 * MAX_RUNNING, dtype=np.float32)[:, np.newaxis, np.newaxis]
    np.testing.assert_array_equal(list(run_as_they_come(Recorder(1), some, pool)), some)


def test_a_window_is_run_while_the_next_is_awaited(pool: Executor) -> None:
    recorder = Recorder(1)

    def song() -> Iterator[np.ndarray]:
        for window in windows(3):
            yield window
            assert recorder.was_called.wait(timeout=30)
            recorder.was_called.clear()

    assert len(list(run_as_they_come(recorder, song(), pool))) == 3


def test_an_error_on_the_way_is_the_callers(pool: Executor) -> None:
    def song() -> Iterator[np.ndarray]:
        yield windows(1)[0]
        raise TooShort("on purpose")

    with pytest.raises(TooShort, match="on purpose"):
        list(run_as_they_come(Recorder(1), song(), pool))


def test_a_folder_without_a_network_is_named(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=str(tmp_path)):
        load_runtime(tmp_path)
