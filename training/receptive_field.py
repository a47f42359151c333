"""What each place in a network hears of its input, computed from the layers' kernels, strides, dilations and paddings.

(Araujo, Norris & Sim, "Computing receptive fields of convolutional neural networks", Distill, 2019.)

Conventions
-----------
- Frames and mel bands are those of the network's input, log_mel [batch, window_frames, n_mels], counted from the
  window's first. Fields may reach beyond its ends: there is padding, which is nothing to hear.
- The field is that of the convolutions and pools. Three things look further and are left out: the level of the window,
  means over the window, and the gains of squeeze-and-excitation, which know the mean around each frame. The
  convolutions that make those gains have the field of that mean.
- Where mel bands go through a convolution as channels (model.network's "mel_bands"), all that follows hears every band.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

import keras
from keras import layers

from model.network import AROUND, HardSwish, RelativeLevel
from model.pcen import SECOND_FRAMES, Pcen
from training.errors import TrainingError
from training.layer_inputs import inputs_of


@dataclass(frozen=True)
class Span:
    """Along one axis: place p hears the inputs first + p * stride to first + p * stride + size - 1."""

    first: int = 0
    stride: int = 1
    size: int = 1

    def at(self, place: int) -> tuple[int, int]:
        """The first and the last input."""
        begin = self.first + place * self.stride
        return begin, begin + self.size - 1

    def through(self, kernel: int, stride: int, before: int, dilation: int = 1) -> Span:
        """After a layer whose place p takes `kernel` places of this one, `dilation` apart, from p * stride - before."""
        reach = (kernel - 1) * dilation
        return Span(self.first - before * self.stride, self.stride * stride, self.size + reach * self.stride)

    def joined(self, other: Span) -> Span:
        """What either hears. Raises ValueError where they are not of one grid."""
        if self.stride != other.stride:
            raise ValueError(f"strides of {self.stride} and {other.stride}")
        first = min(self.first, other.first)
        return Span(first, self.stride, max(self.first + self.size, other.first + other.size) - first)


@dataclass(frozen=True)
class Field:
    """What a place of a layer's output [batch, time, bands, channels] hears.

    bands: along the third axis; None where mel bands are channels, of which each place has all.
    mixed_by: the convolution that made bands of the network's own of all of the input's; `bands` then counts those.
    is_context: this is what is left out of the fields of what it is added to or multiplied with.
    """

    frames: Span = Span()
    bands: Span | None = Span()
    mixed_by: str | None = None
    is_context: bool = False

    def bands_at(self, place: int, n_mels: int) -> tuple[int, int]:
        """The first and the last mel band of the input that it hears."""
        if self.bands is None or self.mixed_by:
            return 0, n_mels - 1
        first, last = self.bands.at(place)
        return max(first, 0), min(last, n_mels - 1)


def receptive_fields(network: keras.Model) -> dict[str, Field]:
    """By layer's name. Raises TrainingError for a layer that no network of ours has."""
    found: dict[str, Field] = {}
    for layer in network.operations:
        if isinstance(layer, layers.InputLayer):
            found[layer.name] = Field()
            continue
        if type(layer) not in THROUGH:
            raise TrainingError(f"layer {layer.name}: what a {type(layer).__name__} hears is not known here")
        inputs = [found[each.name] for each in inputs_of(layer)]
        try:
            found[layer.name] = THROUGH[type(layer)](layer, *inputs)
        except ValueError as error:
            raise TrainingError(f"layer {layer.name}: {error}") from error
    return found


def _same(_: Any, field: Field) -> Field:
    return field


def _over_kernel(layer: Any, field: Field) -> Field:
    return _slid(layer, field, layer.kernel_size, layer.dilation_rate)


def _convolution(layer: Any, field: Field) -> Field:
    field = _over_kernel(layer, field)
    return replace(field, mixed_by=layer.name) if field.bands is None else field


def _pool(layer: Any, field: Field) -> Field:
    field = _slid(layer, field, layer.pool_size, (1, 1))
    return replace(field, is_context=field.is_context or layer.name.endswith(AROUND))


def _slid(layer: Any, field: Field, kernel: tuple[int, int], dilation: tuple[int, int]) -> Field:
    def along(axis: int, span: Span) -> Span:
        before, reach = 0, (kernel[axis] - 1) * dilation[axis]
        if layer.padding == "same":  # as all backends do it: what is odd comes at the end
            n, stride = layer.input.shape[axis + 1], layer.strides[axis]
            before = max((-(-n // stride) - 1) * stride + reach + 1 - n, 0) // 2
        return span.through(kernel[axis], layer.strides[axis], before, dilation[axis])

    bands = None if field.bands is None else along(1, field.bands)
    return replace(field, frames=along(0, field.frames), bands=bands)


def _zero_padding(layer: Any, field: Field) -> Field:
    (top, _), (left, _) = layer.padding
    bands = None if field.bands is None else field.bands.through(1, 1, left)
    return replace(field, frames=field.frames.through(1, 1, top), bands=bands)


def _mean_of_window(layer: Any, field: Field) -> Field:
    n_frames, n_bands = layer.input.shape[1:3]
    bands = None if field.bands is None else field.bands.through(n_bands, 1, 0)
    return replace(field, frames=field.frames.through(n_frames, 1, 0), bands=bands, is_context=True)


def _reshape(layer: Any, field: Field) -> Field:
    """Mel bands to channels, and channels to bands; time stays as it is."""
    before, after = (tuple(tensor.shape[1:]) for tensor in (layer.input, layer.output))
    if before[0] != after[0]:
        raise ValueError(f"it makes {after[0]} places of {before[0]} in time")
    if len(after) == 3 and after[2] == 1 and after[1] == before[-1] and field.bands is None:
        return replace(field, bands=Span())
    is_image = len(after) == 3 and after[1] == before[1]
    return field if is_image else replace(field, bands=None)


def _merged(_: Any, *fields: Field) -> Field:
    heard = [field for field in fields if not field.is_context] or list(fields)

    def both(one: Field, other: Field) -> Field:
        if (one.bands is None) != (other.bands is None) or bool(one.mixed_by) != bool(other.mixed_by):
            raise ValueError("what it joins counts bands differently")
        bands = None if one.bands is None or other.bands is None else one.bands.joined(other.bands)
        return replace(one, frames=one.frames.joined(other.frames), bands=bands)

    return reduce(both, heard)


THROUGH: dict[type, Callable[..., Field]] = {
    RelativeLevel: _same,
    Pcen: lambda _, field: replace(field, frames=field.frames.through(SECOND_FRAMES, 1, SECOND_FRAMES // 2)),
    HardSwish: _same,
    layers.Rescaling: _same,
    layers.BatchNormalization: _same,
    layers.Dropout: _same,
    layers.ReLU: _same,
    layers.Activation: _same,
    layers.Conv2D: _convolution,
    layers.DepthwiseConv2D: _over_kernel,
    layers.MaxPooling2D: _pool,
    layers.AveragePooling2D: _pool,
    layers.GlobalAveragePooling2D: _mean_of_window,
    layers.ZeroPadding2D: _zero_padding,
    layers.Reshape: _reshape,
    layers.Add: _merged,
    layers.Multiply: _merged,
}
