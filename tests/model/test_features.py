"""model/features.py against librosa, scipy and its own definition."""

from __future__ import annotations

from math import gcd

import librosa
import numpy as np
import pytest
from scipy.signal import firwin, freqz, upfirdn

from model.features import (
    KaiserSinc,
    LogMelStream,
    Resampler,
    SignalChain,
    log_mel_of_frames,
    resampling_filter,
    to_mono,
)
from training.mel import slaney_mel_filters

CHAIN = SignalChain()
KERNEL = KaiserSinc()


def resample(samples: np.ndarray, rate_in: int, rate_out: int, block: int | None = None) -> np.ndarray:
    resampler = Resampler(rate_in, rate_out, KERNEL)
    starts = range(0, len(samples), block or max(1, len(samples)))
    blocks = [samples[i : i + (block or len(samples))] for i in starts]
    return np.concatenate([*(resampler.push(part) for part in blocks), resampler.finish()])


def noise(n: int, seed: int = 0) -> np.ndarray:
    return (0.3 * np.random.default_rng(seed).standard_normal(n)).astype(np.float32)


def test_log_mel_is_librosas_without_centring() -> None:
    samples = noise(22_050 * 3)
    stream = LogMelStream(CHAIN, slaney_mel_filters(CHAIN), 22_050)
    ours = np.concatenate([stream.push(samples[:, None]), stream.finish()])
    theirs = librosa.feature.melspectrogram(y=samples, sr=22_050, n_fft=2048, hop_length=1711, n_mels=128, center=False)
    np.testing.assert_allclose(ours, librosa.power_to_db(theirs, ref=1.0, top_db=None).T, atol=2e-3)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000])
@pytest.mark.parametrize("block", [1, 997, 2**16])
def test_a_stream_gives_the_same_samples_as_the_whole_song(rate_hz: int, block: int) -> None:
    samples = noise(min(rate_hz // 4, 600 * block))
    whole = resample(samples, rate_hz, 22_050)
    np.testing.assert_array_equal(resample(samples, rate_hz, 22_050, block), whole)
    assert len(whole) == -(-len(samples) * 22_050 // rate_hz)


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 32_000, 44_056, 44_100, 48_000, 192_000])
def test_resampling_is_the_filters_convolution_rounded_once(rate_hz: int) -> None:
    samples = noise(rate_hz)
    up, down = 22_050 // gcd(rate_hz, 22_050), rate_hz // gcd(rate_hz, 22_050)
    prototype = resampling_filter(up, down, KERNEL).astype(np.float64)
    half = len(prototype) // 2
    lead = -half % down  # upfirdn counts from the first tap: zeros in front put the middle on an output
    expected = upfirdn(np.concatenate([np.zeros(lead), prototype]), samples, up, down)[(half + lead) // down :]
    np.testing.assert_allclose(resample(samples, rate_hz, 22_050), expected[:22_050], rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("rate_hz", [8_000, 32_000, 44_100, 48_000])
def test_resampling_keeps_a_tone_where_and_as_loud_as_it_was(rate_hz: int) -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(rate_hz) / rate_hz).astype(np.float32)
    expected = np.sin(2 * np.pi * 1000 * np.arange(22_050) / 22_050)
    np.testing.assert_allclose(resample(tone, rate_hz, 22_050)[500:-500], expected[500:-500], atol=2e-3)


def test_resampling_keeps_a_constant() -> None:
    np.testing.assert_allclose(resample(np.ones(48_000, np.float32), 48_000, 22_050)[200:-200], 1, atol=1e-6)


def test_what_lies_above_nyquist_does_not_come_back_as_an_alias() -> None:
    high = np.sin(2 * np.pi * 15_000 * np.arange(44_100) / 44_100).astype(np.float32)
    assert np.abs(resample(high, 44_100, 22_050)[200:-200]).max() < 1e-3  # -60 dB


def test_the_filter_is_the_published_design() -> None:
    ours = resampling_filter(1, 2, KERNEL)
    design = firwin(len(ours), KERNEL.rolloff / 2, window=("kaiser", KERNEL.kaiser_beta))
    _, ours_db = freqz(ours)
    _, design_db = freqz(design)
    np.testing.assert_allclose(np.abs(ours_db), np.abs(design_db), atol=1e-3)


@pytest.mark.parametrize("n_channels", [1, 2, 3, 6])
def test_mono_is_the_mean_and_not_one_channel(n_channels: int) -> None:
    channels = [noise(100, seed) for seed in range(n_channels)]
    np.testing.assert_allclose(to_mono(np.stack(channels, axis=1)), sum(channels) / n_channels, atol=1e-7)


def test_mel_bands_hear_all_of_their_bins_and_no_others() -> None:
    rng = np.random.default_rng(5)
    filters = rng.random((CHAIN.n_mels, CHAIN.n_fft // 2 + 1)).astype(np.float32)
    filters *= rng.random(filters.shape) < 0.01  # a few bins anywhere
    filters[17:40] = 0  # bands that hear nothing
    frames = noise(3 * CHAIN.n_fft).reshape(3, -1)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(CHAIN.n_fft) / CHAIN.n_fft)
    power = np.abs(np.fft.rfft(frames * window)) ** 2 @ filters.T.astype(np.float64)
    expected = 10 * np.log10(np.maximum(power, CHAIN.power_floor))
    np.testing.assert_allclose(log_mel_of_frames(frames, filters, CHAIN), expected, atol=1e-5)


def test_frames_start_every_hop_and_only_whole_ones_count() -> None:
    def n_frames(n_samples: int) -> int:
        stream = LogMelStream(CHAIN, slaney_mel_filters(CHAIN), 22_050)
        return len(stream.push(np.zeros((n_samples, 1), np.float32))) + len(stream.finish())

    assert [n_frames(n) for n in (0, 2047, 2048, 2048 + 1710, 2048 + 1711)] == [0, 0, 1, 1, 2]


def test_any_cut_into_blocks_gives_the_same_frames() -> None:
    pcm = np.stack([noise(90_000, 3), noise(90_000, 4)], axis=1)
    whole = LogMelStream(CHAIN, slaney_mel_filters(CHAIN), 44_100)
    expected = np.concatenate([whole.push(pcm), whole.finish()])
    stream = LogMelStream(CHAIN, slaney_mel_filters(CHAIN), 44_100)
    cuts = np.array_split(pcm, [1, 7, 5000, 5001, 44_100])
    np.testing.assert_array_equal(stream.whole(cuts), expected)
    assert stream.duration_s == pytest.approx(90_000 / 44_100)


def test_silence_is_the_power_floor() -> None:
    stream = LogMelStream(CHAIN, slaney_mel_filters(CHAIN), 22_050)
    assert (stream.push(np.zeros((4096, 1), np.float32)) == -100).all()
