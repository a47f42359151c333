"""A network as the few operations that both runtimes are fast at, merged while they are put together.

Conventions
-----------
- A tensor is [batch, time, mel, channels]; `shape` leaves out the batch. The input alone is [batch, time, mel].
- Kernels are [time, mel, in, out], those of depthwise convolutions [time, mel, channels, 1]; biases are [out].
- An affine step is a gain and an offset a channel, x * gain + offset: a batch norm at inference (Ioffe & Szegedy,
  2015), a rescaling. On its own it is a depthwise convolution of one tap, for which XNNPACK has a kernel.
- Every merge is exact: the result differs by rounding alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from model.features import Array
from training.errors import TrainingError

Pair = tuple[int, int]  # along time, along mel
DEPTHWISE = "DepthwiseConv2dNative"


@dataclass(frozen=True, eq=False)
class Op:
    """One operation; `kind` is its name in TensorFlow, `constant` what stands as its last operand."""

    kind: str
    shape: tuple[int, ...]
    inputs: tuple[Op, ...] = field(default=(), repr=False)  # a graph's paths are too many to be printed
    constant: Array | None = None


@dataclass(frozen=True, eq=False, kw_only=True)
class Convolution(Op):
    """A convolution, zeros around its input, plus bias; `activation` is "", "Relu", "Relu6" or "Sigmoid"."""

    kernel: Array
    bias: Array
    strides: Pair = (1, 1)
    padding: Pair = (0, 0)  # at both ends
    activation: str = ""

    @property
    def is_one_tap(self) -> bool:
        """Whether it is an affine step and what activation it may have."""
        in_place = self.strides == (1, 1) and self.padding == (0, 0) and self.kernel.shape[:2] == (1, 1)
        return self.kind == DEPTHWISE and in_place

    @property
    def is_affine(self) -> bool:
        """Whether it is an affine step alone."""
        return self.is_one_tap and not self.activation


@dataclass(frozen=True, eq=False, kw_only=True)
class Pool(Op):
    """The maximum or the mean of windows that lie side by side or, `around`, in the middle of which each place is."""

    window: Pair
    around: bool = False


def reshape(x: Op, shape: tuple[int, ...]) -> Op:
    """The same numbers in another shape. What is done alike to all channels is done afterwards."""
    if x.kind == "Reshape":
        return reshape(x.inputs[0], shape)
    if isinstance(x, Convolution) and x.is_affine and np.ptp(x.kernel) == 0 and np.ptp(x.bias) == 0:
        channels = np.ones(shape[-1])
        return affine(reshape(x.inputs[0], shape), x.kernel.flat[0] * channels, x.bias[0] * channels)
    return Op("Reshape", shape, (x,), np.array([-1, *shape], np.int32))


def affine(x: Op, gain: Array, offset: Array) -> Op:
    """x * gain + offset, both [channels]: part of the convolution before where there is one."""
    if isinstance(x, Convolution) and not x.activation:
        by_channel = gain[:, np.newaxis] if x.kind == DEPTHWISE else gain
        return replace(x, kernel=x.kernel * by_channel, bias=x.bias * gain + offset)
    return gate(x, gain, offset, activation="")


def gate(x: Op, gain: Array, offset: Array, activation: str) -> Op:
    """activation(x * gain + offset) as an operation of its own: x itself stays of use to others."""
    return Convolution(
        DEPTHWISE, x.shape, (x,), kernel=gain[np.newaxis, np.newaxis, :, np.newaxis], bias=offset, activation=activation
    )


def convolution(x: Op, kernel: Array, bias: Array, strides: Pair, padding: Pair, *, depthwise: bool) -> Op:
    """A convolution that takes over the padding before it, and a kernel of one tap the affine step before it."""
    if x.kind == "Pad" and x.constant is not None:
        return convolution(
            x.inputs[0], kernel, bias, strides, (int(x.constant[0]), int(x.constant[1])), depthwise=depthwise
        )
    taps = kernel.shape[:2]
    if isinstance(x, Convolution) and x.is_affine and taps == (1, 1) and padding == (0, 0) and not depthwise:
        gain, offset = x.kernel[0, 0, :, 0], x.bias
        bias = bias + offset @ kernel[0, 0]
        return convolution(x.inputs[0], kernel * gain[:, np.newaxis], bias, strides, padding, depthwise=False)
    along = range(2)
    length = tuple((x.shape[i] + 2 * padding[i] - taps[i]) // strides[i] + 1 for i in along)
    kind, channels = (DEPTHWISE, kernel.shape[2]) if depthwise else ("Conv2D", kernel.shape[3])
    shape = (*length, channels)
    return Convolution(kind, shape, (x,), kernel=kernel, bias=bias, strides=strides, padding=padding)


def thin_out(x: Op, strides: Pair) -> Op:
    """Every so manieth place of a convolution, which then computes no others. Raises TrainingError for other kinds."""
    if not isinstance(x, Convolution) or x.strides != (1, 1):
        raise TrainingError(f"only a convolution of stride 1 can leave out places, not {x.kind}")
    time, mel, channels = x.shape
    return replace(x, strides=strides, shape=(-(-time // strides[0]), -(-mel // strides[1]), channels))


def activate(x: Op, activation: str) -> Op:
    """An activation, as part of the convolution before where there is one."""
    if isinstance(x, Convolution) and not x.activation:
        return replace(x, activation=activation)
    return Op(activation, x.shape, (x,))


def hard_swish(x: Op) -> Op:
    """x * relu6(x + 3) / 6 as y * relu6(6 y + 3) with y = x / 6, whose division the convolution before does."""
    ones = np.ones(x.shape[-1])
    sixth = affine(x, ones / 6, 0 * ones)
    return Op("Mul", x.shape, (sixth, gate(sixth, 6 * ones, 3 * ones, "Relu6")))


def softplus(x: Op) -> Op:
    """ln(1 + e^x) as -ln(sigmoid(-x)), which is several times faster; x must stay below 87, as sigmoid underflows."""
    ones = np.ones(x.shape[-1])
    odds = activate(affine(x, -ones, 0 * ones), "Sigmoid")
    return affine(Op("Log", x.shape, (odds,)), -ones, 0 * ones)


def pool(x: Op, kind: str, window: Pair) -> Op:
    """`kind` is "MaxPool" or "AvgPool"; what does not fill a window is left out."""
    return Pool(kind, (x.shape[0] // window[0], x.shape[1] // window[1], x.shape[2]), (x,), window=window)


def mean_around(x: Op, window: Pair) -> Op:
    """The mean of the places around each one that are there."""
    return Pool("AvgPool", x.shape, (x,), window=window, around=True)


def in_order(output: Op) -> list[Op]:
    """All operations that the output needs, each after its inputs."""
    done: dict[Op, None] = {}

    def visit(op: Op) -> None:
        if op not in done:
            for needed in op.inputs:
                visit(needed)
            done[op] = None

    visit(output)
    return list(done)


def weights_of(op: Op) -> Iterator[Any]:
    """The arrays that the operation holds, in the order of its operands."""
    if isinstance(op, Convolution):
        yield from (op.kernel, op.bias)
    elif op.constant is not None:
        yield op.constant
