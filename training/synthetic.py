"""Signals that are no music: silence, noise, tones, chords, sweeps, clicks and hum, made by code from a seed.

The network is trained to be unsure of them (training.others), and tested on other ones: the ranges for tests are
wider than those for training, so that they hold what it has never met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from model.features import Array, Float32, LogMelStream, SignalChain
from training.feature_set import FeatureSet, Track
from training.mel import slaney_mel_filters

DURATION_S = 12.0  # a window of the network and some way to shift it


@dataclass(frozen=True)
class Ranges:
    """What the parameters of the signals are drawn from, evenly (frequencies: evenly in octaves)."""

    hiss_dbfs: tuple[float, float] = (-90.0, -60.0)  # RMS, full scale 1
    peak_dbfs: tuple[float, float] = (-30.0, -1.0)
    floor_db: tuple[float, float] = (-110.0, -55.0)  # faint noise under everything but silence, below its peak
    noise_slope: tuple[float, float] = (0.0, 2.0)  # power falls as 1 / f^slope: 0 white, 1 pink, 2 brown
    tone_hz: tuple[float, float] = (60.0, 6000.0)
    chord_tones: tuple[int, int] = (2, 5)
    sweep_s: tuple[float, float] = (1.0, 8.0)
    clicks_s: tuple[float, float] = (0.25, 1.2)  # from one to the next
    hum_hz: tuple[float, float] = (48.0, 62.0)


TRAINING = Ranges()
HELD_OUT = Ranges(
    hiss_dbfs=(-96.0, -50.0),
    peak_dbfs=(-50.0, 0.0),
    floor_db=(-120.0, -40.0),
    noise_slope=(-0.5, 2.5),
    tone_hz=(40.0, 9000.0),
    chord_tones=(2, 8),
    sweep_s=(0.5, 12.0),
    clicks_s=(0.1, 2.0),
    hum_hz=(40.0, 120.0),
)
TRAINING_SEED, VALIDATION_SEED, TEST_SEED = 1, 2, 3

Maker = Callable[[Array, Ranges, np.random.Generator], Array]  # times [n] in s to PCM [n]


def _silence(t: Array, ranges: Ranges, rng: np.random.Generator) -> Array:
    """Digital silence, a constant offset, or the hiss of a quiet recording: a third each."""
    which = rng.integers(3)
    if which == 0:
        return np.zeros_like(t)
    if which == 1:
        return np.full_like(t, _amplitude(rng.uniform(*ranges.hiss_dbfs)))
    return rng.normal(0, _amplitude(rng.uniform(*ranges.hiss_dbfs)), len(t))


def _noise(t: Array, ranges: Ranges, rng: np.random.Generator) -> Array:
    """White to brown, as steady as an engine or swelling like wind."""
    spectrum = np.fft.rfft(rng.normal(0, 1, len(t)))
    bins = np.maximum(np.arange(len(spectrum)), 20 * t[-1])  # flat below 20 Hz, which nobody hears
    swell = 1 + rng.uniform(0, 0.9) * np.sin(2 * np.pi * rng.uniform(0.05, 2.0) * t)
    coloured = np.fft.irfft(spectrum * bins ** (-rng.uniform(*ranges.noise_slope) / 2), len(t))
    return np.asarray(coloured * swell)


def _tone(t: Array, ranges: Ranges, rng: np.random.Generator) -> Array:
    """One tone with one to six harmonics."""
    return _harmonic(t, _frequency(ranges.tone_hz, rng), int(rng.integers(1, 7)), rng)


def _chord(t: Array, ranges: Ranges, rng: np.random.Generator) -> Array:
    """Several sines at once, held."""
    n_tones = int(rng.integers(ranges.chord_tones[0], ranges.chord_tones[1] + 1))
    return np.asarray(np.sum([_harmonic(t, _frequency(ranges.tone_hz, rng), 1, rng) for _ in range(n_tones)], axis=0))


def _sweep(t: Array, ranges: Ranges, rng: np.random.Generator) -> Array:
    """A sine that glides from one frequency to another, evenly in octaves, again and again."""
    low, high = _frequency(ranges.tone_hz, rng), _frequency(ranges.tone_hz, rng)
    phase = t / rng.uniform(*ranges.sweep_s) % 1
    frequency_hz = low * (high / low) ** phase
    return np.asarray(np.sin(2 * np.pi * np.cumsum(frequency_hz) * (t[1] - t[0])))


def _clicks(t: Array, ranges: Ranges, rng: np.random.Generator) -> Array:
    """A metronome: short bursts of a sine that die away within milliseconds."""
    since_s = t % rng.uniform(*ranges.clicks_s)
    ringing = np.sin(2 * np.pi * rng.uniform(500, 8000) * since_s)
    return np.asarray(ringing * np.exp(-since_s / rng.uniform(0.001, 0.02)))


def _hum(t: Array, ranges: Ranges, rng: np.random.Generator) -> Array:
    """The mains, with up to twelve harmonics."""
    return _harmonic(t, _frequency(ranges.hum_hz, rng), int(rng.integers(1, 13)), rng)


MAKERS: dict[str, Maker] = {
    "silence": _silence,
    "noise, synthetic": _noise,
    "tone": _tone,
    "chord": _chord,
    "sweep": _sweep,
    "clicks": _clicks,
    "hum": _hum,
}


def _harmonic(t: Array, frequency_hz: float, n_harmonics: int, rng: np.random.Generator) -> Array:
    """Harmonics of random strength and phase, none at or above 10 kHz: the chain ends at 11,025 Hz."""
    numbers = np.arange(1, n_harmonics + 1)
    numbers = numbers[numbers * frequency_hz < 10_000]
    strengths = rng.uniform(0.2, 1, len(numbers)) / numbers
    phases = 2 * np.pi * (np.outer(numbers * frequency_hz, t) + rng.random((len(numbers), 1)))
    return np.asarray(strengths @ np.sin(phases))


def _frequency(range_hz: tuple[float, float], rng: np.random.Generator) -> float:
    return float(np.exp(rng.uniform(*np.log(range_hz))))


def _amplitude(level_db: float) -> float:
    return float(10 ** (level_db / 20))


def make_signal(kind: str, ranges: Ranges, rng: np.random.Generator, sample_rate_hz: int) -> Float32:
    """Mono PCM [n] of one of the MAKERS, DURATION_S long."""
    t = np.arange(round(DURATION_S * sample_rate_hz)) / sample_rate_hz
    signal = MAKERS[kind](t, ranges, rng)
    if kind != "silence":
        floor = rng.normal(0, _amplitude(rng.uniform(*ranges.floor_db)), len(t))
        signal = (signal / np.abs(signal).max() + floor) * _amplitude(rng.uniform(*ranges.peak_dbfs))
    return np.asarray(np.clip(signal, -1, 1), np.float32)


@lru_cache(maxsize=4)  # it takes some seconds
def synthetic_set(chain: SignalChain, ranges: Ranges, seed: int, n_a_kind: int) -> FeatureSet:
    """A set in memory with n_a_kind signals of each kind; a track's genre is its kind."""
    mel_filters = slaney_mel_filters(chain)
    tracks: list[Track] = []
    log_mels: list[Float32] = []
    for number, kind in enumerate(MAKERS):
        for copy in range(n_a_kind):
            pcm = make_signal(kind, ranges, np.random.default_rng([seed, number, copy]), chain.sample_rate_hz)
            log_mel = LogMelStream(chain, mel_filters, chain.sample_rate_hz).whole([pcm[:, np.newaxis]])
            tracks.append(Track(f"{kind}/{copy}", kind, len(tracks) * len(log_mel), len(log_mel)))
            log_mels.append(log_mel)
    return FeatureSet(tuple(tracks), np.concatenate(log_mels), chain)
