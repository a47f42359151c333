"""Batch norms folded into the convolutions before them: the same function with less to compute."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from model.features import Array
from training.errors import TrainingError


def fold_batch_norms(network: keras.Model) -> keras.Model:
    """A copy of a functional network in which each batch norm is part of its convolution's kernel and bias.

    At inference a batch norm is a gain and an offset a channel (Ioffe & Szegedy, 2015). Raises TrainingError where
    none precedes it, or where the copy's logits differ.
    """
    convolution_of = {norm.name: _convolution_before(norm) for norm in _batch_norms(network)}
    folded_names = {convolution.name for convolution in convolution_of.values()}

    def clone(layer: Any) -> Any:
        if layer.name in convolution_of:
            return layers.Identity(name=layer.name)
        config = layer.get_config()
        if layer.name in folded_names:
            config["use_bias"] = True
        return layer.__class__.from_config(config)

    folded = keras.models.clone_model(network, clone_function=clone, call_function=_call)
    for layer in network.layers:
        if layer.name not in folded_names and layer.name not in convolution_of:
            folded.get_layer(layer.name).set_weights(layer.get_weights())
    for norm_name, convolution in convolution_of.items():
        weights = _folded_weights(convolution, network.get_layer(norm_name))
        folded.get_layer(convolution.name).set_weights(weights)
    _check_same(network, folded)
    return folded


def _call(layer: Any, *inputs: Any, **options: Any) -> Any:
    """A batch norm's options (mask, training) mean nothing to the identity in its place."""
    return layer(*inputs) if isinstance(layer, layers.Identity) else layer(*inputs, **options)


def _batch_norms(network: keras.Model) -> list[Any]:
    return [layer for layer in network.layers if isinstance(layer, layers.BatchNormalization)]


def _convolution_before(norm: Any) -> Any:
    layer = norm.input._keras_history.operation
    if isinstance(layer, layers.MaxPooling2D) and layer.pool_size == (1, 1):  # only drops columns
        layer = layer.input._keras_history.operation
    if not isinstance(layer, (layers.Conv2D, layers.DepthwiseConv2D)) or layer.use_bias:
        raise TrainingError(f"batch norm {norm.name} does not follow a convolution without bias: {layer.name}")
    return layer


def _folded_weights(convolution: Any, norm: Any) -> list[Array]:
    gamma, beta, mean, variance = norm.get_weights()
    gain = gamma / np.sqrt(variance + norm.epsilon)
    (kernel,) = convolution.get_weights()
    depthwise = isinstance(convolution, layers.DepthwiseConv2D)  # kernel [time, mel, channels, 1]
    return [kernel * (gain[:, None] if depthwise else gain), beta - mean * gain]


def _check_same(network: keras.Model, folded: keras.Model) -> None:
    _, n_frames, n_mels = network.input_shape
    probe = np.random.default_rng(0).uniform(-80, 0, (2, n_frames, n_mels)).astype(np.float32)
    difference = np.abs(network.predict_on_batch(probe) - folded.predict_on_batch(probe)).max()
    if not difference < 1e-2:
        raise TrainingError(f"folding the batch norms changed the logits by {difference:.3g}")
