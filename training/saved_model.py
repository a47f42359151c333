"""A lowered network as a TensorFlow function, and as the SavedModel that the server loads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from training.graph import DEPTHWISE, Convolution, Op, Pool, in_order

PLAIN: dict[str, Callable[..., Any]] = {
    "Reshape": tf.reshape,
    "Max": lambda x, axes: tf.reduce_max(x, axes, keepdims=True),
    "Maximum": tf.maximum,
    "Sub": tf.subtract,
    "Mul": tf.multiply,
    "AddV2": tf.add,
    "Exp": tf.math.exp,
    "Log": tf.math.log,
    "Sqrt": tf.math.sqrt,
    "Relu": tf.nn.relu,
    "Relu6": tf.nn.relu6,
    "Sigmoid": tf.sigmoid,
    "": lambda x: x,
}


def as_function(output: Op) -> Any:
    """tf.function of log_mel [batch, frames, n_mels], weights as constants: nothing to look up at each run."""
    ops = in_order(output)

    def network(log_mel: Any) -> dict[str, Any]:
        values = {ops[0]: log_mel}
        for op in ops[1:]:
            values[op] = _compute(op, [values[needed] for needed in op.inputs])
        return {"logits": values[output]}

    return tf.function(network, input_signature=[tf.TensorSpec((None, *ops[0].shape), tf.float32, name="log_mel")])


def write_saved_model(output: Op, folder: Path) -> None:
    """For the server: any number of windows at once."""
    module = tf.Module()
    module.network = as_function(output)
    tf.saved_model.save(module, str(folder), signatures={"serving_default": module.network})


def _compute(op: Op, inputs: list[Any]) -> Any:
    if isinstance(op, Pool):
        strides, padding = ((1, 1), "SAME") if op.around else (op.window, "VALID")
        return tf.nn.pool(inputs[0], op.window, "MAX" if op.kind == "MaxPool" else "AVG", strides, padding)
    if isinstance(op, Convolution):
        return PLAIN[op.activation](_convolve(op, inputs[0]))
    return PLAIN[op.kind](*inputs, *([] if op.constant is None else [op.constant]))


def _convolve(op: Convolution, x: Any) -> Any:
    kernel, bias = op.kernel.astype(np.float32), op.bias.astype(np.float32)
    time, mel = op.strides
    if op.is_one_tap and np.ptp(kernel) == 0 and np.ptp(bias) == 0:
        return x * kernel.flat[0] + bias[0]  # a vector would first be spread over the tensor
    if op.kind == DEPTHWISE and time != mel:
        # TensorFlow's depthwise convolution refuses unequal strides: compute all, keep every other. A slice is slower.
        return tf.nn.max_pool2d(_convolve(replace(op, strides=(1, 1)), x), 1, op.strides, "VALID")
    convolve = tf.nn.depthwise_conv2d if op.kind == DEPTHWISE else tf.nn.conv2d
    x, padding = _padded(op, x)
    return tf.nn.bias_add(convolve(x, kernel, [1, time, mel, 1], padding), bias)


def _padded(op: Convolution, x: Any) -> tuple[Any, str]:
    """The input and the name of the padding that is still to be done.

    TensorFlow 2.19 ends the process when it fuses a depthwise convolution that has explicit padding.
    """
    middle = (op.kernel.shape[0] // 2, op.kernel.shape[1] // 2)
    if op.padding == (0, 0) or (op.padding == middle and op.strides == (1, 1)):
        return x, "SAME" if any(op.padding) else "VALID"
    return tf.pad(x, [[0, 0], *([n, n] for n in op.padding), [0, 0]]), "VALID"
