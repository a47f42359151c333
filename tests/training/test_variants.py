"""training/variants.py: each changes what it says, takes and gives what the shipped network does, and can be kept."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from model.contract import WindowLayout
from model.network import build_network
from tests.training.support import N_MELS
from training.learning_steps import VARIANT_MODELS
from training.variants import VARIANTS, build_any

pytestmark = pytest.mark.usefixtures("untraced_networks")

LAYOUT = WindowLayout()
WINDOW = np.random.default_rng(0).normal(-40, 12, (1, LAYOUT.window_frames, N_MELS)).astype(np.float32)
WINDOW[0, 0, 5] = 20.0


@pytest.fixture(scope="module", params=sorted(VARIANTS))
def variant(request: pytest.FixtureRequest) -> keras.Model:
    keras.utils.set_random_seed(0)
    return build_any(request.param, 3, N_MELS, LAYOUT)


def heard_by_step(network: keras.Model, step: int) -> int:
    """Frames from the first to the last one that change the step's embedding."""
    body = keras.Model(network.input, network.get_layer("embedding").output)
    plain = body.predict_on_batch(WINDOW)
    changed = np.repeat(WINDOW, LAYOUT.window_frames, axis=0)
    changed[np.arange(1, len(changed)), np.arange(1, len(changed))] = -100  # frame 0 has the peak: levels stay
    found = np.abs(body.predict_on_batch(changed) - plain)[:, step].max(axis=(1, 2)) > 1e-7
    return int(np.ptp(np.flatnonzero(found))) + 1


def test_it_takes_and_gives_what_the_shipped_network_does(variant: keras.Model) -> None:
    assert variant.input_shape == (None, LAYOUT.window_frames, N_MELS)
    assert variant.output_shape == (None, LAYOUT.window_steps, 3)
    assert np.ptp(variant.predict_on_batch(WINDOW), axis=1).max() > 0


def test_it_is_blind_to_the_recording_level(variant: keras.Model) -> None:
    quieter, plain = variant.predict_on_batch(WINDOW - 9), variant.predict_on_batch(WINDOW)
    np.testing.assert_allclose(quieter, plain, atol=1e-3)


def test_it_is_the_same_when_read_back(variant: keras.Model, tmp_path: Path) -> None:
    variant.save(tmp_path / "kept.keras")
    kept = keras.models.load_model(tmp_path / "kept.keras", compile=False)
    np.testing.assert_allclose(kept.predict_on_batch(WINDOW), variant.predict_on_batch(WINDOW), atol=1e-5)
    assert kept.name == variant.name


@pytest.mark.parametrize(("name", "frames"), [("cnn", 32), ("cnn-brief", 16), ("cnn-long", 64), ("conv1d", 32)])
def test_steps_hear_as_far_as_they_are_said_to(name: str, frames: int) -> None:
    keras.utils.set_random_seed(1)
    assert heard_by_step(build_any(name, 3, N_MELS, LAYOUT), 16) == frames


def test_a_wide_network_has_four_times_the_weights() -> None:
    wide, plain = (build_any(name, 3, N_MELS, LAYOUT).count_params() for name in ("cnn-wide", "cnn"))
    assert 3.8 < wide / plain < 4


def test_attended_steps_average_to_what_attention_says() -> None:
    network = build_any("cnn-attention", 3, N_MELS, LAYOUT)
    parts = [network.get_layer(name).output for name in ("attention", "logits")]
    attention, logits = keras.Model(network.input, parts).predict_on_batch(WINDOW)
    expected = (attention * logits).sum(axis=(1, 2))
    np.testing.assert_allclose(network.predict_on_batch(WINDOW).mean(axis=1), expected, rtol=1e-4)


def test_bands_that_are_louder_throughout_sound_the_same_if_bands_are_normalised() -> None:
    tilted = WINDOW + np.linspace(-8, 0, N_MELS, dtype=np.float32)
    tilted += WINDOW.max() - tilted.max()  # the level they are relative to
    distances = {}
    for name in ("cnn", "cnn-band-norm"):
        keras.utils.set_random_seed(0)
        network = build_any(name, 3, N_MELS, LAYOUT)
        plain, other = network.predict_on_batch(WINDOW), network.predict_on_batch(tilted)
        distances[name] = np.abs(plain - other).max() / np.abs(plain).max()
    assert distances["cnn-band-norm"] < distances["cnn"] / 3


def test_the_command_knows_all_names() -> None:
    assert set(VARIANT_MODELS) == set(VARIANTS)
    assert build_network("cnn", 3, N_MELS, LAYOUT).count_params() == build_any("cnn", 3, N_MELS, LAYOUT).count_params()
