"""The convolutions of a network, and one network that says of each of their channels where a window moves it most.

A channel is watched where the next layer hears it: after the batch norm and the activation that belong to the
convolution. All of them are computed in one run of the network, whose cost the maxima hardly add to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import keras
import numpy as np
from keras import layers, ops

from model.features import Array, Float32
from model.network import HardSwish
from training.errors import TrainingError
from training.layer_inputs import inputs_of
from training.receptive_field import Field, receptive_fields

ACTIVATIONS = (layers.ReLU, HardSwish, layers.Activation)


@dataclass(frozen=True)
class Watched:
    """A convolution, and what is watched of it: the output [batch, n_times, n_places, n_channels] of `watched_at`.

    is_rectified: that output is 0 where the channel does not respond.
    """

    name: str
    kind: str
    watched_at: str
    n_times: int
    n_places: int
    n_channels: int
    is_rectified: bool
    field: Field


def watched_convolutions(network: keras.Model, patterns: Sequence[str] = ("*",)) -> list[Watched]:
    """The convolutions whose names are like one of the patterns (`*` and `?` as in a shell), from the input on.

    Raises TrainingError where a pattern is like none, and as receptive_fields does.
    """
    fields, next_layers = receptive_fields(network), _next_layers(network)
    convolutions = [layer for layer in network.layers if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D)]
    names = [layer.name for layer in convolutions]
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise TrainingError(f"no convolution is called {pattern}: there are {', '.join(names)}")
    chosen = [layer for layer in convolutions if any(fnmatchcase(layer.name, pattern) for pattern in patterns)]
    return [_watched(layer, _last_of(layer, next_layers), fields) for layer in chosen]


def _next_layers(network: keras.Model) -> dict[str, list[Any]]:
    """By layer's name, the layers that take its output."""
    found: dict[str, list[Any]] = {layer.name: [] for layer in network.operations}
    for layer in network.operations:
        if not isinstance(layer, layers.InputLayer):
            for each in inputs_of(layer):
                found[each.name].append(layer)
    return found


def _last_of(layer: Any, next_layers: dict[str, list[Any]]) -> Any:
    """The layer after which the convolution is complete: its stride where that is a layer, its norm, its activation."""
    while len(next_layers[layer.name]) == 1 and not isinstance(layer, ACTIVATIONS):
        (following,) = next_layers[layer.name]
        thins_out = isinstance(following, layers.MaxPooling2D) and tuple(following.pool_size) == (1, 1)
        if not thins_out and not isinstance(following, (layers.BatchNormalization, *ACTIVATIONS)):
            break
        layer = following
    return layer


def _watched(layer: Any, last: Any, fields: dict[str, Field]) -> Watched:
    own = getattr(last, "activation", None)
    is_rectified = isinstance(last, layers.ReLU) or (own is not None and own.__name__ == "relu")
    n_times, n_places, n_channels = last.output.shape[1:]
    return Watched(
        layer.name, type(layer).__name__, last.name, n_times, n_places, n_channels, is_rectified, fields[last.name]
    )


class Watcher:
    """Windows in; for each channel of all the convolutions, one after another, its maximum and where that lies."""

    def __init__(self, network: keras.Model, convolutions: Sequence[Watched], batch_windows: int) -> None:
        self._batch_windows = batch_windows
        self._n_steps = network.output.shape[1]
        owned = layers.Input((self._n_steps,), dtype="bool", name="owned_steps")
        found = [
            _strongest(network.get_layer(each.watched_at).output, owned, self._n_steps, each.name)
            for each in convolutions
        ]
        maxima, places = (ops.concatenate(parts, axis=1) for parts in zip(*found, strict=True))
        self._network = keras.Model([network.input, owned], [maxima, places])

    def watch(self, windows: Float32, owned_steps: Array) -> tuple[Float32, Array]:
        """Windows [n, window_frames, n_mels] and bool [n, window_steps], the steps to look at, to [n, channels] twice.

        The second are numbers of places: time * n_places + place. Every batch has the same size, so that a song's
        numbers do not hang on what it is heard with, and nothing is compiled twice.
        """
        n, size = len(windows), self._batch_windows
        padding = -n % size
        windows = np.concatenate([windows, np.repeat(windows[:1], padding, axis=0)])
        owned_steps = np.concatenate([owned_steps, np.repeat(owned_steps[:1], padding, axis=0)])
        found = [
            self._network.predict_on_batch([windows[i : i + size], owned_steps[i : i + size]])
            for i in range(0, len(windows), size)
        ]
        maxima, places = (np.concatenate(parts)[:n] for parts in zip(*found, strict=True))
        return maxima, places


def _strongest(activation: Any, owned: Any, n_steps: int, name: str) -> tuple[Any, Any]:
    """[batch, time, places, channels] to the maximum and its place, [batch, channels] each."""
    n_times, n_places, n_channels = activation.shape[1:]
    if n_times % n_steps:
        raise TrainingError(f"layer {name}: {n_times} places in time, must be a multiple of the {n_steps} steps")
    is_owned = ops.reshape(ops.repeat(owned, n_times // n_steps, axis=1), (-1, n_times, 1, 1))
    owned_alone = ops.where(is_owned, activation, -np.inf)
    in_a_row = ops.reshape(owned_alone, (-1, n_times * n_places, n_channels))
    return ops.max(in_a_row, axis=1), ops.cast(ops.argmax(in_a_row, axis=1), "int32")
