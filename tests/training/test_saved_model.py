"""training/saved_model.py: what the server loads."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.support import untraced
from tests.training.support import busy_network
from training.lower import lower
from training.saved_model import write_saved_model


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return busy_network("mn04")


@pytest.fixture(scope="module")
def written(network: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("saved")
    write_saved_model(lower(network), folder)
    return folder


@pytest.mark.parametrize("n_windows", [1, 5])
def test_it_takes_any_number_of_windows(n_windows: int, network: keras.Model, written: Path) -> None:
    windows = np.random.default_rng(1).uniform(-80, 0, (n_windows, 128, 128)).astype(np.float32)
    (logits,) = tf.saved_model.load(str(written)).signatures["serving_default"](tf.constant(windows)).values()
    with untraced():
        expected = network.predict_on_batch(windows)
    assert logits.shape == expected.shape
    np.testing.assert_allclose(logits, expected, atol=1e-3 * np.abs(expected).max())


def test_it_is_no_larger_than_its_weights_ask_for(network: keras.Model, written: Path) -> None:
    n_bytes = sum(path.stat().st_size for path in written.rglob("*") if path.is_file())
    assert n_bytes < 1.1 * 4 * network.count_params()
