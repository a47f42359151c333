"""training/warps.py: what is made of log-mels is what slower, higher or noisier audio would have given."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

from model.features import LogMelStream, SignalChain
from training.mel import slaney_mel_filters
from training.warps import noisy, shifted, stretched, with_holes

CHAIN = SignalChain()
SECONDS = np.arange(3 * CHAIN.sample_rate_hz) / CHAIN.sample_rate_hz


def log_mel_of(pcm: np.ndarray) -> np.ndarray:
    stream = LogMelStream(CHAIN, slaney_mel_filters(CHAIN), CHAIN.sample_rate_hz)
    return stream.whole([pcm.astype(np.float32)[:, np.newaxis]])


@pytest.mark.parametrize("semitones", [-3.0, 5.0])
def test_a_shifted_tone_lies_where_the_higher_tone_does(semitones: float) -> None:
    tone, other = (log_mel_of(np.sin(2 * np.pi * hz * SECONDS)) for hz in (1500.0, 1500.0 * 2 ** (semitones / 12)))
    found = shifted(tone, semitones)
    assert abs(int(found[5].argmax()) - int(other[5].argmax())) <= 1
    assert shifted(tone, 0) == pytest.approx(tone, abs=1e-3)


def test_stretched_music_has_the_same_frames_further_apart() -> None:
    log_mel = np.cumsum(np.ones((11, 128), np.float32), axis=0)
    np.testing.assert_allclose(stretched(log_mel, 21)[::2], log_mel, atol=1e-5)
    np.testing.assert_allclose(np.diff(stretched(log_mel, 21), axis=0), 0.5, atol=1e-5)


def test_noise_is_as_loud_as_white_noise_is_in_audio() -> None:
    rng = np.random.default_rng(0)
    tone, hiss = 0.5 * np.sin(2 * np.pi * 3000 * SECONDS), rng.normal(size=len(SECONDS))
    hiss *= np.sqrt(np.mean(tone**2) / np.mean(hiss**2)) * 10 ** (-20 / 20)
    expected, found = log_mel_of(tone + hiss), noisy(log_mel_of(tone), 20, rng)
    quiet = slice(10, 60)  # bands away from the tone
    assert np.median(found[:, quiet]) == pytest.approx(np.median(expected[:, quiet]), abs=1.5)
    assert found[:, quiet].std() == pytest.approx(expected[:, quiet].std(), rel=0.4)
    assert np.median(found.max(axis=1)) == pytest.approx(np.median(expected.max(axis=1)), abs=0.5)


def test_holes_are_where_a_louder_band_is_near_in_the_same_frame() -> None:
    window = np.full((2, 128), -40, np.float32)
    window[0, 60] = -10
    holes = with_holes(window, 20, -100) == -100
    np.testing.assert_array_equal(holes[0].nonzero()[0], [*range(56, 60), *range(61, 65)])
    assert not holes[1].any()
    np.testing.assert_array_equal(with_holes(window, 31, -100), window)


def test_bands_lie_where_the_filters_have_them() -> None:
    peaks_hz = slaney_mel_filters(CHAIN).argmax(axis=1) * CHAIN.sample_rate_hz / CHAIN.n_fft
    centres_hz = librosa.mel_frequencies(CHAIN.n_mels + 2, fmin=0, fmax=CHAIN.sample_rate_hz / 2)[1:-1]
    assert np.abs(peaks_hz - centres_hz).max() < CHAIN.sample_rate_hz / CHAIN.n_fft
