"""training/graph.py: every merge leaves fewer operations and the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from training import graph
from training.errors import TrainingError
from training.graph import Convolution, Op, in_order
from training.saved_model import as_function

RNG = np.random.default_rng(0)
SHAPE = (6, 5, 3)  # time, mel, channels
INPUT = Op("Placeholder", SHAPE)
X = RNG.normal(0, 2, (2, *SHAPE)).astype(np.float32)
GAIN, OFFSET = RNG.uniform(0.5, 2, 4), RNG.normal(0, 1, 4)


def run(output: Op) -> np.ndarray:
    return np.asarray(as_function(output)(X)["logits"])


def kinds(output: Op) -> list[str]:
    return [op.kind for op in in_order(output)[1:]]


def convolution(x: Op = INPUT, taps: int = 3, padding: int = 1, strides: graph.Pair = (1, 1)) -> Op:
    rng = np.random.default_rng(taps)
    kernel, bias = rng.normal(0, 1, (taps, taps, 3, 4)), rng.normal(0, 1, 4)
    return graph.convolution(x, kernel, bias, strides, (padding, padding), depthwise=False)


def depthwise(x: Op = INPUT) -> Op:
    rng = np.random.default_rng(5)
    return graph.convolution(x, rng.normal(0, 1, (3, 3, 3, 1)), rng.normal(0, 1, 3), (1, 1), (1, 1), depthwise=True)


def test_an_affine_step_becomes_part_of_the_convolution_before() -> None:
    merged = graph.affine(convolution(), GAIN, OFFSET)
    assert kinds(merged) == ["Conv2D"]
    np.testing.assert_allclose(run(merged), run(convolution()) * GAIN + OFFSET, atol=1e-5)


def test_an_affine_step_becomes_part_of_the_depthwise_convolution_before() -> None:
    merged = graph.affine(depthwise(), GAIN[:3], OFFSET[:3])
    assert kinds(merged) == ["DepthwiseConv2dNative"]
    np.testing.assert_allclose(run(merged), run(depthwise()) * GAIN[:3] + OFFSET[:3], atol=1e-5)


def test_an_affine_step_stays_behind_an_activation() -> None:
    active = graph.activate(convolution(), "Relu")
    output = graph.affine(active, GAIN, OFFSET)
    assert kinds(output) == ["Conv2D", "DepthwiseConv2dNative"]
    np.testing.assert_allclose(run(output), np.maximum(run(convolution()), 0) * GAIN + OFFSET, atol=1e-5)


@pytest.mark.parametrize(("taps", "expected"), [(1, ["Conv2D"]), (3, ["DepthwiseConv2dNative", "Conv2D"])])
def test_an_affine_step_moves_into_a_convolution_after_only_where_no_zeros_are_added(
    taps: int, expected: list[str]
) -> None:
    output = convolution(graph.affine(INPUT, GAIN[:3], OFFSET[:3]), taps, padding=taps // 2)
    assert kinds(output) == expected
    shifted = as_function(convolution(INPUT, taps, padding=taps // 2))((X * GAIN[:3] + OFFSET[:3]).astype(np.float32))
    np.testing.assert_allclose(run(output), shifted["logits"], atol=1e-4)


def test_padding_becomes_part_of_the_convolution_after() -> None:
    padded = Op("Pad", (10, 9, 3), (INPUT,), np.array([2, 2], np.int32))
    output = convolution(padded, padding=0, strides=(2, 2))
    assert kinds(output) == ["Conv2D"]
    assert output.shape == run(output).shape[1:] == (4, 4, 4)


@pytest.mark.parametrize("strides", [(1, 2), (2, 2)])
def test_a_thinned_out_convolution_gives_every_other_place(strides: graph.Pair) -> None:
    output = graph.thin_out(depthwise(), strides)
    assert kinds(output) == ["DepthwiseConv2dNative"]
    found = run(output)
    assert output.shape == found.shape[1:]
    np.testing.assert_allclose(found, run(depthwise())[:, :: strides[0], :: strides[1]], atol=1e-5)


def test_only_a_convolution_can_be_thinned_out() -> None:
    with pytest.raises(TrainingError, match="only a convolution of stride 1 can leave out places, not MaxPool"):
        graph.thin_out(graph.pool(INPUT, "MaxPool", (2, 2)), (1, 2))


def test_a_second_activation_is_an_operation_of_its_own() -> None:
    output = graph.activate(graph.activate(convolution(), "Sigmoid"), "Relu")
    assert kinds(output) == ["Conv2D", "Relu"]


def test_what_is_done_alike_to_all_channels_is_done_after_reshaping() -> None:
    alike = graph.affine(INPUT, np.full(3, 2.0), np.full(3, 1.0))
    output = convolution(graph.reshape(graph.reshape(alike, (5, 6, 3)), (10, 3, 3)), 1, padding=0)
    assert kinds(output) == ["Reshape", "Conv2D"]
    plain = convolution(graph.reshape(INPUT, (10, 3, 3)), 1, padding=0)
    np.testing.assert_allclose(run(output), as_function(plain)(2 * X + 1)["logits"], atol=1e-4)


def test_channels_that_differ_are_not_reshaped_into_each_other() -> None:
    output = graph.reshape(graph.affine(INPUT, GAIN[:3], OFFSET[:3]), (10, 3, 3))
    assert kinds(output) == ["DepthwiseConv2dNative", "Reshape"]


def test_hard_swish_is_the_papers_in_two_operations_more() -> None:
    output = graph.hard_swish(convolution())
    assert kinds(output) == ["Conv2D", "DepthwiseConv2dNative", "Mul"]
    x = run(convolution())
    assert x.min() < -3
    assert x.max() > 3
    np.testing.assert_allclose(run(output), x * np.clip(x + 3, 0, 6) / 6, atol=1e-5)


def test_softplus_is_exact_over_its_range() -> None:
    wide = graph.affine(INPUT, np.full(3, 10.0), np.full(3, 20.0))
    x = run(wide)
    assert x.min() < -10
    assert x.max() > 60
    np.testing.assert_allclose(run(graph.softplus(wide)), np.logaddexp(0, x), atol=1e-5)


def test_every_operation_comes_once_and_after_its_inputs() -> None:
    x = convolution()
    ops = in_order(Op("Mul", x.shape, (x, graph.gate(x, GAIN, OFFSET, "Relu"))))
    assert len(ops) == len(set(ops)) == 4
    assert all(ops.index(needed) < ops.index(op) for op in ops for needed in op.inputs)


def test_an_affine_step_alone_is_one_tap() -> None:
    output = graph.affine(INPUT, GAIN[:3], OFFSET[:3])
    assert isinstance(output, Convolution)
    assert output.is_affine
    np.testing.assert_allclose(run(output), X * GAIN[:3] + OFFSET[:3], atol=1e-5)


def test_an_operation_in_a_failing_tests_output_is_itself_alone() -> None:
    x = INPUT
    for _ in range(12):
        x = Op("AddV2", SHAPE, (x, x))
    assert len(repr(x)) < 100
