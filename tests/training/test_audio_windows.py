"""training/audio_windows.py: where windows are cut, and what is varied in them."""

from __future__ import annotations

import wave
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.audio import AudioError
from model.contract import WindowLayout
from model.features import SignalChain
from tests.support import SONGS
from training.audio_windows import (
    Variation,
    equalised,
    n_windows,
    plain_window,
    read_sound,
    varied_window,
    window_samples,
)
from training.soundtools import Audio, as_audio

CHAIN = SignalChain()
N = window_samples(CHAIN, WindowLayout())
STILL = Variation(speed=(1.0, 1.0), equalised_share=0, mixed_share=0)


def mono(samples: np.ndarray, rate_hz: int = 22_050) -> Audio:
    return as_audio(samples[:, np.newaxis], rate_hz)


def tone(hz: float, seconds: float, rate_hz: int = 22_050) -> Audio:
    return mono(np.sin(2 * np.pi * hz * np.arange(round(seconds * rate_hz)) / rate_hz), rate_hz)


def loudest_hz(window: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(window * np.hanning(len(window)))).argmax() * CHAIN.sample_rate_hz / len(window))


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_a_window_holds_all_that_the_network_and_the_teacher_hear() -> None:
    last_of_teacher_s = CHAIN.frame_centre_s(np.array(127 + 7 / 8)) + 512 / 32_000
    assert N / CHAIN.sample_rate_hz > max(CHAIN.duration_s(128), float(last_of_teacher_s))


@pytest.mark.parametrize("name", ["mono-8000.wav", "stereo-48000.opus", "stereo-44100-aac.m4a"])
def test_files_of_any_format_are_read_as_mono_at_their_own_rate(name: str) -> None:
    sound = read_sound(SONGS / "formats" / name)
    assert sound.rate_hz == int(name.split("-")[1].split(".")[0])
    assert sound.samples.shape[1] == 1
    assert sound.duration_s > 1


def test_only_the_beginning_is_read_when_that_is_enough(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(np.repeat(np.arange(16_000, dtype="<i2"), 2).tobytes())
    sound = read_sound(tmp_path / "a.wav", longest_s=0.5)
    np.testing.assert_allclose(sound.samples[:, 0] * 32_768, np.arange(4000), atol=0.01)


def test_what_is_no_audio_is_said(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a song")
    with pytest.raises(AudioError, match="not an audio file"):
        read_sound(tmp_path / "notes.txt")


@pytest.mark.parametrize(("seconds", "n"), [(0.9, 0), (1.0, 2), (12, 9), (30, 24), (240, 40), (3600, 40)])
def test_longer_songs_give_more_windows_within_limits(seconds: float, n: int) -> None:
    assert n_windows(seconds) == n


def test_plain_windows_are_the_song_at_another_level() -> None:
    song = tone(440, 30)
    song = replace(song, samples=song.samples / 10)
    window = plain_window(song, N, CHAIN, rng())
    assert 0.6 <= np.abs(window).max() <= 1
    start = int(rng().integers(len(song.samples) - N + 1))
    np.testing.assert_allclose(window / np.abs(window).max(), 10 * song.samples[start : start + N, 0], atol=1e-3)


def test_windows_come_from_all_over_the_song() -> None:
    song = mono(np.linspace(0.1, 1, 22_050 * 60))
    begins = [window[0] / window[-1] for window in (plain_window(song, N, CHAIN, rng(seed)) for seed in range(40))]
    assert min(begins) < 0.5
    assert max(begins) > 0.8


def test_a_short_song_repeats_itself() -> None:
    window = plain_window(tone(1000, 1.5), N, CHAIN, rng())
    assert window.shape == (N,)
    assert np.abs(window[-22_050:]).max() > 0.5


def test_a_short_song_goes_on_with_another() -> None:
    window = varied_window(tone(500, 3), tone(2000, 30), N, CHAIN, STILL, rng())
    assert loudest_hz(window[: 2 * 22_050]) == pytest.approx(500, abs=2)
    assert loudest_hz(window[4 * 22_050 :]) == pytest.approx(2000, abs=2)


@pytest.mark.parametrize("rate_hz", [8000, 22_050, 44_100, 48_000])
def test_speed_moves_the_pitch_within_its_limits(rate_hz: int) -> None:
    speeds = [
        loudest_hz(varied_window(tone(1000, 20, rate_hz), None, N, CHAIN, Variation(equalised_share=0), rng(seed)))
        / 1000
        for seed in range(8)
    ]
    grain = 225 / rate_hz  # the speed is rounded to the resampler's grain
    assert min(speeds) > 0.92 - grain - 0.001
    assert max(speeds) < 1.09 + grain + 0.001
    assert np.std(speeds) > 0.02


def test_a_song_is_mixed_with_the_other_one() -> None:
    mixing = Variation(speed=(1.0, 1.0), equalised_share=0, mixed_share=1, mixed_level=(0.5, 0.5))
    window = varied_window(tone(500, 20), tone(2000, 2), N, CHAIN, mixing, rng())
    spectrum = np.abs(np.fft.rfft(window * np.hanning(N)))
    at = [spectrum[round(hz * N / CHAIN.sample_rate_hz) - 3 :][:7].max() for hz in (500, 2000)]
    assert at[1] / at[0] == pytest.approx(0.5, rel=0.1)


def test_the_equaliser_changes_the_colour_smoothly() -> None:
    click = np.zeros(4096, np.float32)
    click[2048] = 1
    gain_db = 20 * np.log10(np.abs(np.fft.rfft(equalised(click, 5.0, rng()))))
    assert 2 < gain_db.std() < 15
    assert np.abs(np.diff(gain_db[50:])).max() < 0.5
    np.testing.assert_allclose(equalised(click, 0.0, rng()), click, atol=1e-6)


def test_silence_stays_silent() -> None:
    silence = mono(np.zeros(22_050 * 12))
    assert not varied_window(silence, silence, N, CHAIN, Variation(mixed_share=0.6), rng()).any()
