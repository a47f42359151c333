"""training/teacher_features.py against librosa, and against our own frames in time."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

from model.features import LogMelStream, SignalChain
from training.mel import slaney_mel_filters
from training.teacher import kaldi_mel_filters
from training.teacher_features import teacher_log_mel

CHAIN = SignalChain()


def test_it_is_what_the_teacher_was_taught_on() -> None:
    """At 32 kHz with eight of its own hops to one of ours, nothing of our chain is left but where it begins."""
    chain = SignalChain(sample_rate_hz=32_000, n_fft=1024, hop_length=2560)
    samples = np.random.default_rng(0).normal(0, 0.1, 2560 * 6).astype(np.float32)
    emphasised = librosa.effects.preemphasis(samples.astype(np.float64), coef=0.97, zi=[0.0])
    spectrum = librosa.stft(
        emphasised, n_fft=1024, hop_length=320, win_length=800, window=np.hanning(800), center=False
    )
    power = kaldi_mel_filters() @ np.abs(spectrum) ** 2
    expected = (np.log(power + 1e-5) + 4.5) / 5
    heard = teacher_log_mel(samples, chain, 5)
    assert heard.shape == (40, 128)
    np.testing.assert_allclose(heard, expected.T[:40], atol=1e-5)


@pytest.mark.parametrize("frame", [0, 37, 90, 127])
def test_a_click_lands_in_every_eighth_frame_of_the_teacher_where_ours_has_it(frame: int) -> None:
    """No drift over a window: a hop of 310 samples would be 12 ms off at its end."""
    samples = np.zeros(CHAIN.hop_length * 128 + CHAIN.n_fft, np.float32)
    samples[round(CHAIN.frame_centre_s(np.array(frame)) * CHAIN.sample_rate_hz)] = 1
    ours = LogMelStream(CHAIN, slaney_mel_filters(CHAIN), CHAIN.sample_rate_hz).whole([samples[:, None]])
    level = teacher_log_mel(samples, CHAIN, 128).mean(axis=1)
    assert ours.mean(axis=1).argmax() == frame
    assert level.argmax() == 8 * frame
    around = level[max(0, 8 * frame - 1)], level[min(8 * frame + 1, 1023)]
    if 0 < frame < 127:
        assert around[0] == pytest.approx(around[1], abs=0.05)  # in the middle of its frame


def test_sound_that_ends_early_goes_on_in_silence() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, CHAIN.hop_length * 10).astype(np.float32)
    heard = teacher_log_mel(noise, CHAIN, 128)
    assert heard.shape == (1024, 128)
    np.testing.assert_allclose(heard[200:], (np.log(1e-5) + 4.5) / 5, atol=1e-6)
    assert heard[:60].mean() > heard[200:].mean() + 0.5


def test_what_our_network_cannot_hear_the_teacher_does_not_hear_either() -> None:
    noise = np.random.default_rng(0).normal(0, 0.1, CHAIN.hop_length * 20).astype(np.float32)
    filters = kaldi_mel_filters()
    lowest_hz = np.argmax(filters > 0, axis=1) * 32_000 / 1024
    heard = teacher_log_mel(noise, CHAIN, 16).mean(axis=0)
    assert heard[lowest_hz > 12_000].max() < heard[(lowest_hz > 5_000) & (lowest_hz < 9_000)].min() - 1
