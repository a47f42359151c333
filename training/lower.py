"""A trained Keras network to the graph of few and fast operations that page and server run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers

from model import pcen
from model.network import DYNAMIC_RANGE_DB, SILENCE_DB, HardSwish, RelativeLevel
from training import graph
from training.errors import TrainingError
from training.graph import Op, Pair
from training.layer_inputs import inputs_of
from training.saved_model import as_function


def lower(network: keras.Model) -> Op:
    """The network's output as a graph, the same function up to rounding.

    Raises TrainingError for a layer that no network of ours has, or where the graph's logits differ.
    """
    _, output = lowered_layers(network)
    _check_same(network, output)
    return output


def lowered_layers(network: keras.Model) -> tuple[dict[str, Op], Op]:
    """What each layer's output is made by, by its name, and the network's own.

    A layer that is merged with the next one stands for nothing in the graph. Raises TrainingError as `lower` does.
    """
    made: dict[str, Op] = {}
    for layer in network.layers:
        if isinstance(layer, layers.InputLayer):
            made[layer.name] = Op("Placeholder", tuple(network.input_shape[1:]))
            continue
        if type(layer) not in LOWERED:
            raise TrainingError(f"layer {layer.name}: cannot export a {type(layer).__name__}")
        inputs = [made[each.name] for each in inputs_of(layer)]
        made[layer.name] = LOWERED[type(layer)](layer, *inputs)
    return made, made[network.output._keras_history.operation.name]


def _check_same(network: keras.Model, output: Op) -> None:
    _, n_frames, n_mels = network.input_shape
    noise = np.random.default_rng(0).uniform(-80, 0, (n_frames, n_mels))
    steady, silence = np.zeros_like(noise), np.full_like(noise, -100)  # steady: as loud as can be in every band
    windows = np.stack([noise, steady, silence]).astype(np.float32)
    expected = network.predict_on_batch(windows)
    found = as_function(output)(windows)["logits"].numpy()
    difference = np.abs(found - expected).max() / max(1, np.abs(expected).max())
    if not difference < 1e-3:
        raise TrainingError(f"the exported graph's logits differ from the network's by {difference:.3g}")


def _relative_level(_: Any, x: Op) -> Op:
    """max(x - peak, -range) as relu(x - (peak - range)) - range, of which the next convolution does the last step."""
    peak = Op("Max", (1, 1), (x,), np.array([1, 2], np.int32))
    peak = Op("Maximum", (1, 1), (peak,), np.array(SILENCE_DB, np.float32))
    floor = Op("Sub", (1, 1), (peak,), np.array(DYNAMIC_RANGE_DB, np.float32))
    level = graph.reshape(graph.activate(Op("Sub", x.shape, (x, floor)), "Relu"), (*x.shape, 1))
    return graph.affine(level, np.ones(1), np.full(1, -DYNAMIC_RANGE_DB))


def _rescaling(layer: Any, x: Op) -> Op:
    ones = np.ones(x.shape[-1])
    return graph.affine(x, ones * layer.scale, ones * layer.offset)


def _pcen(_: Any, x: Op) -> Op:
    one, floor, offset = np.ones(1), np.full(1, pcen.FLOOR), np.full(1, pcen.OFFSET)
    ln_power = graph.affine(x, one * pcen.LN_A_UNIT, -one * pcen.LN_A_UNIT)
    mean = graph.mean_around(Op("Exp", x.shape, (ln_power,)), (pcen.SECOND_FRAMES, 1))
    ln_mean = Op("Log", x.shape, (graph.affine(mean, one, floor),))
    ratio = Op("Sub", x.shape, (ln_power, graph.affine(ln_mean, one * pcen.STRENGTH, 0 * one)))
    root = Op("Sqrt", x.shape, (graph.affine(Op("Exp", x.shape, (ratio,)), one, offset),))
    return graph.affine(root, one, -np.sqrt(offset))


def _reshape(layer: Any, x: Op) -> Op:
    return graph.reshape(x, tuple(layer.output.shape[1:]))


def _batch_norm(layer: Any, x: Op) -> Op:
    gamma, beta, mean, variance = (weight.astype(np.float64) for weight in layer.get_weights())
    gain = gamma / np.sqrt(variance + layer.epsilon)
    return graph.affine(x, gain, beta - mean * gain)


ACTIVATIONS: dict[str, Callable[[Op], Op]] = {
    "linear": lambda x: x,
    "relu": lambda x: graph.activate(x, "Relu"),
    "sigmoid": lambda x: graph.activate(x, "Sigmoid"),
    "softplus": graph.softplus,
}


def _convolution(layer: Any, x: Op) -> Op:
    depthwise = isinstance(layer, layers.DepthwiseConv2D)
    kernel, *bias = (weight.astype(np.float64) for weight in layer.get_weights())
    strides: Pair = tuple(layer.strides)
    padding = (0, 0)
    if layer.padding == "same":
        padding = (kernel.shape[0] // 2, kernel.shape[1] // 2)
        if strides != (1, 1) or not kernel.shape[0] % 2 or not kernel.shape[1] % 2:
            raise TrainingError(f'layer {layer.name}: padding "same" is for odd kernels of stride 1')
    no_bias = np.zeros(kernel.shape[2 if depthwise else 3])
    x = graph.convolution(x, kernel, bias[0] if bias else no_bias, strides, padding, depthwise=depthwise)
    return ACTIVATIONS[layer.activation.__name__](x)


def _zero_padding(layer: Any, x: Op) -> Op:
    (top, bottom), (left, right) = layer.padding
    if (top, left) != (bottom, right):
        raise TrainingError(f"layer {layer.name}: padding must be the same at both ends")
    shape = (x.shape[0] + 2 * top, x.shape[1] + 2 * left, x.shape[2])
    return Op("Pad", shape, (x,), np.array([top, left], np.int32))


def _max_pool(layer: Any, x: Op) -> Op:
    window: Pair = tuple(layer.pool_size)
    return graph.thin_out(x, tuple(layer.strides)) if window == (1, 1) else graph.pool(x, "MaxPool", window)


def _mean_of_window(layer: Any, x: Op) -> Op:
    if not layer.keepdims:
        raise TrainingError(f"layer {layer.name}: a mean must keep its axes")
    return graph.pool(x, "AvgPool", (x.shape[0], x.shape[1]))


def _average_pool(layer: Any, x: Op) -> Op:
    window: Pair = tuple(layer.pool_size)
    if layer.padding == "same" and tuple(layer.strides) == (1, 1):
        return graph.mean_around(x, window)
    if layer.padding == "same" or tuple(layer.strides) != window:
        raise TrainingError(f"layer {layer.name}: windows must lie side by side or around each place")
    return graph.pool(x, "AvgPool", window)


LOWERED: dict[type, Callable[..., Op]] = {
    RelativeLevel: _relative_level,
    pcen.Pcen: _pcen,
    layers.Rescaling: _rescaling,
    layers.Reshape: _reshape,
    layers.BatchNormalization: _batch_norm,
    layers.Conv2D: _convolution,
    layers.DepthwiseConv2D: _convolution,
    layers.ZeroPadding2D: _zero_padding,
    layers.MaxPooling2D: _max_pool,
    layers.AveragePooling2D: _average_pool,
    layers.GlobalAveragePooling2D: _mean_of_window,
    layers.ReLU: lambda _, x: graph.activate(x, "Relu"),
    HardSwish: lambda _, x: graph.hard_swish(x),
    layers.Multiply: lambda _, x, y: Op("Mul", x.shape, (x, y)),
    layers.Add: lambda _, x, y: Op("AddV2", x.shape, (x, y)),
    layers.Dropout: lambda _, x: x,
}
