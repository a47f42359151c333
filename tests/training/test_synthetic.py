"""training/synthetic.py: the signals are what their names say, and the same again from the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from model.features import SignalChain
from training.synthetic import DURATION_S, HELD_OUT, MAKERS, TRAINING, make_signal, synthetic_set

CHAIN = SignalChain()
RATE_HZ = CHAIN.sample_rate_hz


def signals(kind: str, n: int = 12) -> list[np.ndarray]:
    return [make_signal(kind, TRAINING, np.random.default_rng([7, copy]), RATE_HZ) for copy in range(n)]


def spectrum(pcm: np.ndarray) -> np.ndarray:
    """Power by frequency, one bin a Hz of the first second."""
    return np.square(np.abs(np.fft.rfft(pcm[:RATE_HZ] * np.hanning(RATE_HZ))))


@pytest.mark.parametrize("ranges", [TRAINING, HELD_OUT])
@pytest.mark.parametrize("kind", MAKERS)
def test_every_signal_is_sound_that_a_file_could_hold(kind: str, ranges: object) -> None:
    pcm = make_signal(kind, ranges, np.random.default_rng(3), RATE_HZ)  # type: ignore[arg-type]
    assert pcm.dtype == np.float32
    assert len(pcm) == DURATION_S * RATE_HZ
    assert np.abs(pcm).max() <= 1


def test_silence_is_digital_constant_or_a_hiss_below_60_db() -> None:
    found = signals("silence")
    assert any(not pcm.any() for pcm in found)
    assert any(pcm.any() and np.ptp(pcm) == 0 for pcm in found)
    assert any(np.ptp(pcm) > 0 for pcm in found)
    assert max(np.sqrt(np.mean(pcm**2)) for pcm in found) < 10 ** (-59 / 20)


def test_noise_is_between_white_and_brown() -> None:
    for pcm in signals("noise, synthetic"):
        power = spectrum(pcm)
        octaves = np.log2(power[4000:8000].mean() / power[250:500].mean()) / 4
        assert -2.5 < octaves < 0.5


@pytest.mark.parametrize(("kind", "most_peaks"), [("tone", 6), ("chord", 5), ("hum", 12)])
def test_tones_hold_their_power_in_a_few_frequencies(kind: str, most_peaks: int) -> None:
    for pcm in signals(kind):
        power = np.sort(spectrum(pcm))[::-1]
        assert power[: 5 * most_peaks].sum() > 0.9 * power.sum()  # Hann's main lobe is four bins wide


def test_a_sweep_moves() -> None:
    for pcm in signals("sweep"):
        peaks_hz = [spectrum(pcm[i * RATE_HZ :]).argmax() for i in range(8)]
        assert len(set(peaks_hz)) > 4


def test_between_clicks_there_is_next_to_nothing() -> None:
    for pcm in signals("clicks"):
        assert np.median(np.abs(pcm)) < 0.02 * np.abs(pcm).max()


def test_a_set_holds_all_kinds_and_depends_on_its_seed_alone() -> None:
    first, again, other = (synthetic_set(CHAIN, TRAINING, seed, n_a_kind=1) for seed in (1, 1, 2))
    assert {track.genre for track in first.tracks} == set(MAKERS)
    assert len(first.tracks) == len(MAKERS)
    assert sum(track.n_frames for track in first.tracks) == len(first.log_mel)
    np.testing.assert_array_equal(first.log_mel, again.log_mel)
    assert (first.log_mel != other.log_mel).mean() > 0.5


def test_a_track_is_where_its_kind_says() -> None:
    songs = synthetic_set(CHAIN, TRAINING, 1, n_a_kind=6)
    silences = [songs.log_mel_of(track) for track in songs.tracks if track.genre == "silence"]
    assert max(log_mel.max() for log_mel in silences if np.ptp(log_mel) == 0) == pytest.approx(-100)
    tones = [songs.log_mel_of(track) for track in songs.tracks if track.genre == "tone"]
    assert all(np.ptp(log_mel[50]) > 40 for log_mel in tones)
