"""model/network.py: shapes, blindness to level, and what the runtimes need of it."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from model.contract import WindowLayout
from model.network import ARCHITECTURES, AROUND, SILENCE_DB, HardSwish, RelativeLevel, build_network

pytestmark = pytest.mark.usefixtures("untraced_networks")

LAYOUT = WindowLayout()


@pytest.fixture(scope="module", params=sorted(ARCHITECTURES))
def network(request: pytest.FixtureRequest) -> keras.Model:
    keras.utils.set_random_seed(0)
    return build_network(request.param, 7, 128, LAYOUT)


def windows(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-70, 20, (2, 128, 128)).astype(np.float32)


def test_logits_come_one_row_a_step(network: keras.Model) -> None:
    assert network.predict_on_batch(windows()).shape == (2, LAYOUT.window_steps, 7)


@pytest.mark.parametrize("gain_db", [-12.0, 12.0])
def test_the_recording_level_changes_nothing(network: keras.Model, gain_db: float) -> None:
    x = windows()
    np.testing.assert_allclose(network.predict_on_batch(x + gain_db), network.predict_on_batch(x), atol=1e-4)


def test_windows_do_not_hear_each_other(network: keras.Model) -> None:
    both = network.predict_on_batch(windows())
    np.testing.assert_allclose(network.predict_on_batch(windows()[:1]), both[:1], atol=1e-4)


def test_it_has_batch_norms_and_no_recurrence(network: keras.Model) -> None:
    kinds = {type(layer) for layer in network.layers}
    assert keras.layers.BatchNormalization in kinds or network.name == "linear"
    assert not any(issubclass(kind, keras.layers.RNN) for kind in kinds)


def test_layers_have_names_that_every_backend_takes(network: keras.Model) -> None:
    """PyTorch has no parameters with dots in their names."""
    assert not [weight.path for weight in network.weights if "." in weight.path]


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(ValueError, match="'lstm', must be one of cnn, cnn-pcen, mn04, mfcc, contrast, merged, linear"):
        build_network("lstm", 7, 128, LAYOUT)


def test_level_is_counted_from_the_peak_down_to_the_floor() -> None:
    x = np.array([[[20.0, -30.0, -100.0]]], np.float32)
    np.testing.assert_allclose(np.asarray(RelativeLevel()(x)), [[[0, -50, -80]]])


def test_silence_is_not_amplified() -> None:
    x = np.full((1, 2, 3), SILENCE_DB - 30, np.float32)
    np.testing.assert_allclose(np.asarray(RelativeLevel()(x)), -30)


def test_training_jitters_the_level_found() -> None:
    x = windows()
    jittered = np.asarray(RelativeLevel(jitter_db=4.0)(x, training=True))
    offset = jittered.max(axis=(1, 2))
    assert (np.abs(offset) <= 4).all()
    assert (offset != 0).all()


def test_hard_swish_is_the_papers() -> None:
    x = np.array([[-4.0, -3.0, -1.5, 0.0, 1.0, 3.0, 5.0]], np.float32)
    np.testing.assert_allclose(np.asarray(HardSwish()(x)), x * np.clip(x + 3, 0, 6) / 6, atol=1e-6)


def test_squeezes_average_over_two_and_a_half_seconds_around_each_frame() -> None:
    around = [layer for layer in build_network("mn04", 7, 128, LAYOUT).layers if layer.name.endswith(AROUND)]
    assert [layer.input.shape[1] for layer in around] == [128] * 3 + [64] * 2 + [32] * 3
    x = np.random.default_rng(0).normal(size=(1, 128, 1, around[0].input.shape[3])).astype(np.float32)
    found = np.asarray(around[0](x))
    np.testing.assert_allclose(found[0, 50], x[0, 34:67].mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(found[0, 127], x[0, 111:].mean(axis=0), atol=1e-6)  # nothing beyond the window
    assert [layer.pool_size[0] for layer in around] == [33] * 3 + [17] * 2 + [9] * 3
