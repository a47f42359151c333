"""training/lower.py: the trained network's function in fewer and faster operations."""

from __future__ import annotations

from collections import Counter

import keras
import numpy as np
import pytest

from model.network import ARCHITECTURES
from tests.support import untraced
from tests.training.support import busy_network
from training import lower as lowering
from training.errors import TrainingError
from training.graph import Op, in_order
from training.lower import lower
from training.saved_model import as_function


@pytest.fixture(scope="module", params=sorted(ARCHITECTURES))
def network(request: pytest.FixtureRequest) -> keras.Model:
    return busy_network(request.param)


def kinds(output: Op) -> Counter[str]:
    return Counter(op.kind for op in in_order(output))


def test_the_logits_stay_the_same(network: keras.Model) -> None:
    windows = np.random.default_rng(0).uniform(-80, 0, (2, 128, 128)).astype(np.float32)
    with untraced():
        expected = network.predict_on_batch(windows)
    scale = np.abs(expected).max()
    found = as_function(lower(network))(windows)["logits"].numpy()
    np.testing.assert_allclose(found / scale, expected / scale, atol=1e-4)


def test_nothing_is_left_of_norms_means_padding_and_activations() -> None:
    found = kinds(lower(busy_network("mn04")))
    assert found == {
        "Placeholder": 1,
        **{"Max": 1, "Maximum": 1, "Sub": 2, "Relu": 1},  # the level below the window's peak
        "Reshape": 3,
        "Log": 1,  # of softplus
        "Conv2D": 49,
        "DepthwiseConv2dNative": 15 + 20 + 1,  # the network's own, one of each hard-swish, the teacher's range
        "Mul": 20 + 8,  # of each hard-swish and each squeeze-and-excitation
        "AvgPool": 2 * 8 + 1,  # of bands and of frames in each squeeze-and-excitation, and the embedding
        "AddV2": 10,  # shortcuts
    }


def test_the_network_from_scratch_is_convolutions_and_pools() -> None:
    found = kinds(lower(busy_network("cnn")))
    assert (found["Conv2D"], found["MaxPool"], found["AvgPool"]) == (7, 6, 1)
    assert found["DepthwiseConv2dNative"] == 1  # the unit range, which cannot move into a convolution with padding
    assert not found["Mul"] + found["AddV2"]


def test_a_layer_of_unknown_kind_is_refused() -> None:
    inputs = keras.Input((128, 128))
    network = keras.Model(inputs, keras.layers.LSTM(4, name="memory")(inputs))
    with pytest.raises(TrainingError, match="layer memory: cannot export a LSTM"):
        lower(network)


def test_an_uneven_padding_is_refused() -> None:
    inputs = keras.Input((128, 128))
    image = keras.layers.Reshape((128, 128, 1))(inputs)
    network = keras.Model(inputs, keras.layers.ZeroPadding2D(((1, 0), (0, 0)), name="late")(image))
    with pytest.raises(TrainingError, match="layer late: padding must be the same at both ends"):
        lower(network)


def test_a_graph_that_computes_something_else_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lowering.LOWERED, keras.layers.ReLU, lambda _, x: x)
    with pytest.raises(TrainingError, match="the exported graph's logits differ from the network's by"):
        lower(busy_network("cnn"))
