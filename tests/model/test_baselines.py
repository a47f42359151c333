"""model/baselines.py: what the baselines hear of a window."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from model.baselines import FRAMES_A_STEP, pooled_features
from model.contract import WindowLayout
from model.network import build_network
from model.timbre import N_MFCC, dct_matrix

LAYOUT = WindowLayout()


def window(seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (1, 128, 128)).astype(np.float32)


def test_pooled_features_average_to_the_windows_means_and_deviations() -> None:
    level = keras.Input((128, 128))
    steps = keras.Model(level, pooled_features(level, 128)).predict_on_batch(window())
    assert steps.shape == (1, LAYOUT.window_steps, 1, 2 * (128 + N_MFCC))
    expected = []
    for values in (window()[0], window()[0] @ dct_matrix(128)):
        expected += [values.mean(axis=0), np.abs(values - values.mean(axis=0)).mean(axis=0)]
    np.testing.assert_allclose(steps.mean(axis=(0, 1, 2)), np.concatenate(expected), atol=1e-5)


@pytest.mark.parametrize("name", ["mfcc", "contrast", "merged"])
def test_a_step_hears_a_few_seconds_and_no_more(name: str) -> None:
    network = build_network(name, 3, 128, LAYOUT)
    x = window()
    x[0, 0, 0] = 1.0  # the peak that level is counted from stays where it is
    changed = x.copy()
    changed[0, 64] = -1.0
    heard = np.abs(network.predict_on_batch(50 * changed) - network.predict_on_batch(50 * x))[0].max(axis=1) > 1e-5
    assert heard[64 // FRAMES_A_STEP]
    assert 3 <= heard.sum() <= 12


@pytest.mark.parametrize(("name", "most"), [("mfcc", 130_000), ("contrast", 110_000), ("merged", 240_000)])
def test_baselines_are_small(name: str, most: int) -> None:
    network = build_network(name, 10, 128, LAYOUT)
    assert sum(int(np.prod(weight.shape)) for weight in network.trainable_weights) < most


def test_layers_that_do_not_learn_come_back_from_a_file_as_they_were(tmp_path: Path) -> None:
    network = build_network("merged", 3, 128, LAYOUT)
    network.save(tmp_path / "merged.keras")
    again = keras.models.load_model(tmp_path / "merged.keras", compile=False)
    assert [w.path for w in again.trainable_weights] == [w.path for w in network.trainable_weights]
    np.testing.assert_array_equal(again.predict_on_batch(window()), network.predict_on_batch(window()))
