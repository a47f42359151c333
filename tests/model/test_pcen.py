"""model/pcen.py: per-channel energy normalisation as its authors write it, over the second around each frame."""

from __future__ import annotations

import numpy as np

from model.pcen import Pcen


def pcen(level: np.ndarray) -> np.ndarray:
    return np.asarray(Pcen()(level.astype(np.float32)))


def test_it_is_the_papers() -> None:
    """PCEN(t, f) = (E(t, f) / (epsilon + M(t, f)) ** alpha + delta) ** r - delta ** r."""
    level = np.random.default_rng(0).uniform(-1, 1, (1, 40, 3))
    energy = 10 ** (4 * (level - 1))  # 1 for the loudest cell, 80 dB above the quietest
    mean = np.stack([energy[:, max(0, t - 6) : t + 7].mean(axis=1) for t in range(40)], axis=1)
    expected = (energy / (1e-6 + mean) ** 0.98 + 2) ** 0.5 - 2**0.5
    np.testing.assert_allclose(pcen(level), expected, rtol=1e-4, atol=1e-5)


def test_a_band_that_is_louder_all_the_time_sounds_the_same() -> None:
    steady = np.broadcast_to(np.array([0.5, 0.0]), (1, 60, 2))  # by 20 dB
    found = pcen(steady)[0, 30]
    assert found.max() / found.min() < 1.2


def test_an_onset_stands_out_of_what_was_there() -> None:
    onset = np.full((1, 60, 1), -0.5)
    onset[:, 30:32] = 0.0  # 20 dB louder
    found = pcen(onset)[0, :, 0]
    assert found[30:32].min() > 3 * found[:20].max()


def test_silence_is_next_to_nothing() -> None:
    assert (np.abs(pcen(np.full((1, 20, 3), -1.0))) < 0.01).all()
