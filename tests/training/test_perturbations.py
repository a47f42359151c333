"""training/perturbations.py: each does to sound what its name says, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.features import to_mono
from tests.support import make_audio
from training.perturbations import (
    PERTURBATIONS,
    Perturbation,
    amplified,
    as_mp3,
    at_speed,
    clipped,
    decoded,
    filtered,
    left_only,
    with_noise,
)
from training.soundtools import Audio

RATE_HZ = 22_050
SECONDS = 2


def sine(frequency_hz: float, amplitude: float = 0.5, rate_hz: int = RATE_HZ) -> Audio:
    """A mono tone."""
    time_s = np.arange(SECONDS * rate_hz) / rate_hz
    return Audio((amplitude * np.sin(2 * np.pi * frequency_hz * time_s))[:, np.newaxis].astype(np.float32), rate_hz)


def noise(n_channels: int = 2) -> Audio:
    """A different noise in each channel, without what an encoder cuts off at the top."""
    samples = np.random.default_rng(3).normal(0, 0.1, (SECONDS * 44_100, n_channels)).astype(np.float32)
    return filtered(Audio(samples, 44_100), "lowpass", 9_000.0, 8)


def level_db(audio: Audio) -> float:
    """Of the second half: filters have settled."""
    settled = audio.samples[len(audio.samples) // 2 :].astype(np.float64)
    return float(10 * np.log10(np.mean(settled**2)))


def named(name: str) -> Perturbation:
    return next(way for way in PERTURBATIONS if way.name == name)


def test_every_way_gives_sound_that_can_be_heard() -> None:
    assert len({way.name for way in PERTURBATIONS}) == len(PERTURBATIONS)
    for way in PERTURBATIONS:
        perturbed = way.apply(sine(440))
        assert perturbed.samples.dtype == np.float32
        assert perturbed.samples.ndim == 2
        duration_s = len(perturbed.samples) / perturbed.rate_hz
        silent_s = 0.4 if way.name == "0.4 s earlier" else 0.0  # at the end
        assert way.starts_s + duration_s * way.speed == pytest.approx(SECONDS + silent_s, abs=1e-4), way.name


@pytest.mark.parametrize("gain_db", [12.0, -12.0])
def test_gain_changes_the_level_alone(gain_db: float) -> None:
    louder = amplified(sine(440), gain_db)
    assert level_db(louder) - level_db(sine(440)) == pytest.approx(gain_db, abs=1e-4)
    np.testing.assert_allclose(louder.samples / 10 ** (gain_db / 20), sine(440).samples, atol=1e-6)


def test_only_the_clipped_one_stays_within_full_scale() -> None:
    assert np.abs(amplified(sine(440), 12.0).samples).max() > 1.9
    assert np.abs(clipped(sine(440), 12.0).samples).max() == 1


@pytest.mark.parametrize(
    ("name", "passes_hz", "stops_hz"),
    [("high-pass 20 Hz", 40, 8), ("low-pass 8 kHz", 6_500, 12_000), ("low-pass 11 kHz", 9_000, 16_000)],
)
def test_filters_pass_one_side_and_stop_the_other(name: str, passes_hz: float, stops_hz: float) -> None:
    for frequency_hz, change_db in ((passes_hz, 0.0), (stops_hz, -30.0)):
        tone = sine(frequency_hz, rate_hz=44_100)
        change = level_db(named(name).apply(tone)) - level_db(tone)
        assert change == pytest.approx(0, abs=0.2) if change_db == 0 else change < change_db


def test_a_cut_off_that_the_rate_does_not_reach_changes_nothing() -> None:
    tone = sine(440, rate_hz=16_000)
    np.testing.assert_array_equal(named("low-pass 11 kHz").apply(tone).samples, tone.samples)


@pytest.mark.parametrize("speed", [1.02, 0.98])
def test_speed_moves_pitch_and_length(speed: float) -> None:
    faster = at_speed(sine(1_000), speed)
    assert len(faster.samples) == round(SECONDS * RATE_HZ / speed)
    peak_bin = np.abs(np.fft.rfft(faster.samples[:, 0])).argmax()
    assert peak_bin * RATE_HZ / len(faster.samples) == pytest.approx(1_000 * speed, abs=0.5)


def test_noise_lies_20_db_below_the_mix_and_is_the_same_again() -> None:
    song = noise()
    noisy = with_noise(song, 20.0)
    added = Audio((to_mono(noisy.samples) - to_mono(song.samples))[:, np.newaxis], song.rate_hz)
    mix = Audio(to_mono(song.samples)[:, np.newaxis], song.rate_hz)
    assert level_db(mix) - level_db(added) == pytest.approx(20, abs=0.3)
    np.testing.assert_array_equal(with_noise(song, 20.0).samples, noisy.samples)


def test_left_only_is_a_stereo_file_with_a_silent_right_channel() -> None:
    for song in (noise(1), noise(2)):
        left = left_only(song)
        np.testing.assert_array_equal(left.samples[:, 0], song.samples[:, 0])
        assert left.samples.shape == (len(song.samples), 2)
        assert not left.samples[:, 1].any()


def test_mp3_loses_more_at_lower_rates_and_keeps_the_place() -> None:
    song = noise()
    error_db = []
    for kbps in (64, 128, 320):
        heard = as_mp3(song, kbps)
        assert heard.samples.shape == song.samples.shape
        error_db.append(level_db(Audio(heard.samples - song.samples, 44_100)) - level_db(song))
    assert error_db[0] > error_db[1] > error_db[2]
    assert error_db[2] < -25


@pytest.mark.parametrize("n_channels", [1, 6])
def test_mp3_of_other_than_stereo_has_the_mix_in_both_channels(n_channels: int) -> None:
    song = noise(n_channels)
    heard = as_mp3(song, 320)
    mix = to_mono(song.samples)
    assert heard.samples.shape == (len(mix), 2)
    for channel in heard.samples.T:
        assert np.corrcoef(channel, mix)[0, 1] > 0.99


def test_a_low_rate_is_raised_for_mp3_without_a_change_of_pitch() -> None:
    heard = as_mp3(sine(1_000), 320)
    assert heard.rate_hz == 44_100
    np.testing.assert_allclose(heard.samples[4_000:40_000, :1], sine(1_000, rate_hz=44_100).samples[4_000:40_000],
                               atol=0.01)  # fmt: skip


def test_a_file_is_read_with_all_its_channels(tmp_path: Path) -> None:
    make_audio(tmp_path / "two.wav", "-ac", "2", "-ar", "8000", source="sine=440:duration=1")
    song = decoded(tmp_path / "two.wav")
    assert (song.samples.shape, song.rate_hz) == ((8_000, 2), 8_000)
