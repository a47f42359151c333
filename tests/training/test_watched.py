"""training/watched.py: which output of a convolution is watched, and what is found in it."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tests.training.support import N_MELS, busy_network
from training.errors import TrainingError
from training.watched import Watcher, watched_convolutions


@pytest.fixture(scope="module")
def cnn() -> keras.Model:
    return busy_network("cnn")


def test_every_convolution_is_watched_where_the_next_layer_hears_it() -> None:
    watched = {each.name: each for each in watched_convolutions(busy_network("mn04"))}
    assert len(watched) == 64
    places = {
        "mel_bands": ("mel_bands", False),  # its activation is its own
        "features-2-block-1-0": ("features-2-block-1-2", True),  # beyond its stride, a layer of its own
        "features-2-block-2-0": ("features-2-block-2-1", False),  # no activation
        "features-7-block-0-0": ("features-7-block-0-2", False),  # hard-swish
        "features-4-block-2-conc_se_layers-0-fc1": ("features-4-block-2-conc_se_layers-0-fc1", True),
        "logits": ("logits", False),
    }
    assert {name: (watched[name].watched_at, watched[name].is_rectified) for name in places} == places
    strided = watched["features-2-block-1-0"]
    assert (strided.n_times, strided.n_places, strided.n_channels) == (128, 32, 24)


def test_convolutions_are_chosen_by_pattern_in_the_networks_order(cnn: keras.Model) -> None:
    chosen = watched_convolutions(cnn, ["logits", "conv[01]", "conv1"])
    assert [each.name for each in chosen] == ["conv0", "conv1", "logits"]
    with pytest.raises(TrainingError, match=r"no convolution is called dense\*: there are conv0, .* logits"):
        watched_convolutions(cnn, ["dense*"])


def test_the_maximum_of_the_owned_steps_and_its_place_are_found(cnn: keras.Model) -> None:
    convolutions = watched_convolutions(cnn, ["conv1", "conv4", "logits"])
    rng = np.random.default_rng(0)
    windows = rng.normal(-40, 10, (3, 128, N_MELS)).astype(np.float32)
    owned = np.zeros((3, 32), bool)
    owned[0, :5], owned[1, 30:], owned[2] = True, True, True
    maxima, places = Watcher(cnn, convolutions, batch_windows=2).watch(windows, owned)
    outputs = keras.Model(cnn.input, [cnn.get_layer(each.watched_at).output for each in convolutions])(windows)
    done = 0
    for each, output in zip(convolutions, map(keras.ops.convert_to_numpy, outputs), strict=True):
        alone = np.where(np.repeat(owned, each.n_times // 32, axis=1)[:, :, None, None], output, -np.inf)
        flat = alone.reshape(3, -1, each.n_channels)
        np.testing.assert_allclose(maxima[:, done : done + each.n_channels], flat.max(axis=1), rtol=1e-4, atol=1e-5)
        found = places[:, np.newaxis, done : done + each.n_channels]
        np.testing.assert_allclose(np.take_along_axis(flat, found, 1)[:, 0], flat.max(axis=1), rtol=1e-4, atol=1e-5)
        done += each.n_channels
    assert done == maxima.shape[1]
