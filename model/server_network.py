"""The server's network as a TensorFlow function: the folder's SavedModel, with another last layer where it has one.

A model that was taught in a browser (static/teach) carries the SavedModel of the network that it was taught on, and its
own last layer beside it. What that replaces is found by what it is: a convolution of one tap, before nothing but a new
shape, at the network's end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from model.features import Float32

SIGNATURE = "serving_default"
PASSING = {"Identity", "Reshape", "BiasAdd"}  # between the last convolution and the logits


class HeadError(Exception):
    """A network that cannot be called, or a last layer that does not fit it. The message says which and why."""


def load_network(saved_model: Path, head: Float32 | None) -> tuple[Any, Any]:
    """A concrete function of windows [n, window_frames, n_mels] to logits [n, window_steps, genres], and what keeps it.

    `head` is [channels + 1, genres], the bias last. Raises OSError and HeadError.
    """
    import tensorflow as tf

    owner = tf.saved_model.load(str(saved_model))
    if SIGNATURE not in owner.signatures:
        raise HeadError(f"its SavedModel has no signature {SIGNATURE}")
    network = owner.signatures[SIGNATURE]
    return (network, owner) if head is None else (_with_head(network, head), owner)


def _with_head(network: Any, head: Float32) -> Any:
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    frozen = convert_variables_to_constants_v2(network)  # one graph, all functions in it laid open
    convolution = _last_convolution(frozen.outputs[0])
    embedding = convolution.inputs[0]
    channels = embedding.shape[-1]
    if head.shape[0] != channels + 1:
        raise HeadError(f"its head is for {head.shape[0] - 1} channels, the network has {channels}")
    n_steps = frozen.outputs[0].shape[1]
    graph, given = frozen.graph.as_graph_def(), frozen.inputs[0]

    def taught(log_mel: Any) -> Any:
        (steps,) = tf.import_graph_def(
            graph, input_map={given.name: log_mel}, return_elements=[embedding.name], name="base"
        )
        logits = tf.nn.bias_add(tf.nn.conv2d(steps, head[np.newaxis, np.newaxis, :-1], 1, "VALID"), head[-1])
        return tf.reshape(logits, [-1, n_steps, head.shape[1]])

    return tf.function(taught, input_signature=[tf.TensorSpec(given.shape, tf.float32)]).get_concrete_function()


def _last_convolution(output: Any) -> Any:
    """The operation. Raises HeadError where the network ends otherwise."""
    operation = output.op
    while operation.type in PASSING:
        operation = operation.inputs[0].op
    if operation.type != "Conv2D" or list(operation.inputs[1].shape[:2]) != [1, 1]:
        raise HeadError(f"a last layer of its own needs a network that ends with a convolution, not {operation.type}")
    return operation
