"""model/timbre.py: the layers compute what librosa calls by these names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import librosa
import numpy as np
import pytest

from model.timbre import (
    DELTA_FRAMES,
    N_MFCC,
    mel_centres_hz,
    mfcc,
    mfcc_with_deltas,
    octaves,
    side_by_side,
    spectral_contrast,
)


def features(layer: Callable[[Any, str], Any], level: np.ndarray) -> np.ndarray:
    """[frames, n_mels] to [frames, features], through a network."""
    image = keras.Input((len(level), 1, level.shape[1]))
    network = keras.Model(image, layer(image, "features"))
    assert not [weight.path for weight in network.trainable_weights]
    return np.asarray(network.predict_on_batch(level[np.newaxis, :, np.newaxis]))[0, :, 0]


@pytest.fixture(scope="module")
def level() -> np.ndarray:
    return np.random.default_rng(0).uniform(-1, 1, (128, 128)).astype(np.float32)


def test_mfccs_are_librosas(level: np.ndarray) -> None:
    np.testing.assert_allclose(features(mfcc, level), librosa.feature.mfcc(S=level.T, n_mfcc=N_MFCC).T, atol=1e-5)


def test_deltas_are_librosas_but_at_the_windows_ends(level: np.ndarray) -> None:
    coefficients = librosa.feature.mfcc(S=level.T, n_mfcc=N_MFCC)
    deltas = [librosa.feature.delta(coefficients, width=DELTA_FRAMES, order=order) for order in (1, 2)]
    expected = np.concatenate([coefficients, *deltas]).T
    inner = slice(DELTA_FRAMES // 2, -(DELTA_FRAMES // 2))
    np.testing.assert_allclose(features(mfcc_with_deltas, level)[inner], expected[inner], atol=1e-5)


def test_mel_centres_are_librosas() -> None:
    expected = librosa.mel_frequencies(130, fmin=0, fmax=11_025)[1:-1]
    np.testing.assert_allclose(mel_centres_hz(128), expected, rtol=1e-9)


def test_octaves_share_all_mel_bands_between_them() -> None:
    centres_hz = mel_centres_hz(128)
    edges_hz = [0, 200, 400, 800, 1600, 3200, 6400, 11_025]
    found = octaves(128)
    np.testing.assert_array_equal(np.concatenate(found), np.arange(128))
    for low_hz, high_hz, mels in zip(edges_hz[:-1], edges_hz[1:], found, strict=True):
        assert (centres_hz[mels] >= low_hz).all()
        assert (centres_hz[mels] < high_hz).all()


def test_contrast_is_peak_less_valley_of_each_octave(level: np.ndarray) -> None:
    by_octave = [level[:, mels] for mels in octaves(128)]
    peaks = np.stack([octave.max(axis=1) for octave in by_octave], axis=1)
    valleys = np.stack([octave.min(axis=1) for octave in by_octave], axis=1)
    expected = np.concatenate([peaks - valleys, valleys], axis=1)
    np.testing.assert_allclose(features(spectral_contrast, level), expected, atol=1e-6)


def test_an_octave_of_librosas_averages_one_band_alone() -> None:
    """Its share is 2 % of the bins, at least one: with mel bands that is one, so that maxima say the same."""
    assert {max(1, round(0.02 * len(mels))) for mels in octaves(128)} == {1}


def test_a_tone_has_more_contrast_than_noise_in_its_own_octave_alone() -> None:
    noise = np.full((128, 128), -0.5, np.float32)
    tone = noise.copy()
    tone[:, octaves(128)[4][10]] = 1.0
    more = features(spectral_contrast, tone) - features(spectral_contrast, noise)
    np.testing.assert_allclose(more.mean(axis=0), [0, 0, 0, 0, 1.5, 0, 0, *[0] * 7], atol=1e-6)


def test_features_side_by_side_keep_their_order() -> None:
    parts = [keras.Input((4, 1, n)) for n in (2, 3, 1)]
    network = keras.Model(parts, side_by_side(parts, "all"))
    given = [np.random.default_rng(n).normal(size=(1, 4, 1, n)).astype(np.float32) for n in (2, 3, 1)]
    np.testing.assert_allclose(network.predict_on_batch(given), np.concatenate(given, axis=-1), atol=1e-6)
