"""training/saved_model.py: what the server loads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tests.training.support import busy_network
from training.lower import lower
from training.saved_model import write_saved_model


@pytest.mark.parametrize("n_windows", [1, 5])
def test_it_takes_any_number_of_windows(n_windows: int, tmp_path: Path) -> None:
    network = busy_network("mn04")
    write_saved_model(lower(network), tmp_path)
    windows = np.random.default_rng(1).uniform(-80, 0, (n_windows, 128, 128)).astype(np.float32)
    (logits,) = tf.saved_model.load(str(tmp_path)).signatures["serving_default"](tf.constant(windows)).values()
    expected = network.predict_on_batch(windows)
    assert logits.shape == expected.shape
    np.testing.assert_allclose(logits, expected, atol=1e-3 * np.abs(expected).max())


def test_it_is_no_larger_than_its_weights_ask_for(tmp_path: Path) -> None:
    network = busy_network("mn04")
    write_saved_model(lower(network), tmp_path)
    n_bytes = sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file())
    assert n_bytes < 1.1 * 4 * network.count_params()
