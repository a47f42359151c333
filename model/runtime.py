"""The exported network at work on this machine, by whichever of TensorFlow's runtimes is fast here.

On a CPU that is XNNPACK, which TensorFlow Lite runs networks on: for a network of depthwise convolutions half the time
of TensorFlow's own kernels, on one thread and a window at a time. On a GPU it is the SavedModel as it is. A GPU that
cannot be used is warned of, and the CPU serves.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import warnings
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from model.cores import usable_cores
from model.features import Float32
from model.server_network import load_network

MAX_RUNNING = 8  # batches of a song: bounds memory where windows are made faster than run
GPU_WINDOWS = 16  # at a time: fewer leave a GPU waiting; bounds memory on long songs

log = logging.getLogger("genrescope")


class Runtime(Protocol):
    """Runs up to `max_windows` log-mel windows [n, window_frames, n_mels] to logits [n, window_steps, genres].

    May be called from several threads.
    """

    max_windows: int
    max_calls: int  # that it pays to make at a time
    device: str  # as TensorFlow names it

    def __call__(self, windows: Float32) -> Float32: ...


def load_runtime(saved_model: Path, head: Float32 | None = None) -> Runtime:
    """`head`: the last layer in place of the network's own (model.server_network).

    Raises OSError when the folder holds no SavedModel, HeadError when the head does not fit it.
    """
    import tensorflow as tf  # seconds to import: whoever serves the page loads the network in the background

    if tf.config.list_physical_devices("GPU"):
        try:
            return TensorFlowOnGpu(saved_model, head)
        except (tf.errors.OpError, RuntimeError, ValueError) as error:  # its driver, its libraries, its memory
            log.warning("the GPU cannot be used, the CPU serves: %s: %s", type(error).__name__, error)
    elif tf.test.is_built_with_cuda():
        log.warning("TensorFlow is made for GPUs and finds none, the CPU serves: are driver and device there for us?")
    with tf.device("CPU"):
        return XnnpackOnCpu(saved_model, head)


def run_as_they_come(runtime: Runtime, windows: Iterable[Float32], pool: Executor) -> Iterator[Float32]:
    """Windows [window_frames, n_mels], run in the pool while the next ones are made, to the logits of each, in order.

    What has been run is given out before the next window is asked for.
    """
    remaining = iter(windows)
    batches = iter(lambda: list(islice(remaining, runtime.max_windows)), [])
    running: deque[Future[Float32]] = deque()
    for batch in batches:
        running.append(pool.submit(runtime, np.stack(batch)))
        while running and (running[0].done() or len(running) == MAX_RUNNING):
            yield from running.popleft().result()
    for future in running:
        yield from future.result()


class TensorFlowOnGpu:
    """The SavedModel itself; takes of a GPU's memory what it needs, when it does."""

    max_windows = GPU_WINDOWS
    max_calls = usable_cores()

    def __init__(self, saved_model: Path, head: Float32 | None = None) -> None:
        """Has run once when it is made. Raises what TensorFlow does where the GPU cannot be used."""
        import tensorflow as tf

        with contextlib.suppress(RuntimeError):  # at work already, as training's is
            for gpu in tf.config.list_physical_devices("GPU"):
                tf.config.experimental.set_memory_growth(gpu, True)
        # Ten bits of mantissa, which newer GPUs multiply with unless told otherwise, would show in the third decimal.
        tf.config.experimental.enable_tensor_float_32_execution(False)
        gpus = tf.config.list_logical_devices("GPU")
        self.device = gpus[0].name if gpus else "/device:CPU:0"
        self._network, self._owner = load_network(saved_model, head)
        _, window_frames, n_mels = self._network.inputs[0].shape
        self(np.zeros((GPU_WINDOWS, window_frames, n_mels), np.float32))

    def __call__(self, windows: Float32) -> Float32:
        """Any number of windows at once."""
        import tensorflow as tf

        (logits,) = tf.nest.flatten(self._network(tf.constant(windows)))
        return np.asarray(logits.numpy())


class XnnpackOnCpu:
    """The SavedModel, converted once; each thread that runs it meanwhile has an interpreter, one core and some MB."""

    max_windows = 1
    max_calls = usable_cores()
    device = "/device:CPU:0"

    def __init__(self, saved_model: Path, head: Float32 | None = None) -> None:
        import tensorflow as tf

        # TensorFlow 2.20 leaves it to the package ai-edge-litert.
        warnings.filterwarnings("ignore", "(?s).*tf.lite.Interpreter is deprecated")
        converter = tf.lite.TFLiteConverter
        if head is None:
            self._network = converter.from_saved_model(str(saved_model)).convert()
        else:
            network, owner = load_network(saved_model, head)
            self._network = converter.from_concrete_functions([network], owner).convert()
        self._idle: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def __call__(self, windows: Float32) -> Float32:
        """One window."""
        interpreter = self._take()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], windows)
        interpreter.invoke()
        logits: Float32 = interpreter.get_tensor(interpreter.get_output_details()[0]["index"])
        self._idle.put(interpreter)
        return logits

    def _take(self) -> Any:
        import tensorflow as tf

        try:
            return self._idle.get_nowait()
        except queue.Empty:
            interpreter = tf.lite.Interpreter(model_content=self._network, num_threads=1)
            interpreter.allocate_tensors()
            return interpreter
