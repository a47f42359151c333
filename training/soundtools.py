"""What can be done to a song's PCM: cut, pad, shift, overlay, other channels, another rate, masked bands.

Nothing here changes its argument. Times are in seconds from the start.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import signal

from model.features import Array, Float32, to_mono

MASK_FFT = 4096  # at 44.1 kHz bands of 11 Hz, 93 ms long
SILENT = None


@dataclass(frozen=True)
class Audio:
    """PCM float32 [n, channels], full scale at ±1, and its rate."""

    samples: Float32
    rate_hz: int

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz


def as_audio(samples: Array, rate_hz: int) -> Audio:
    """Samples [n, channels] of any precision."""
    return Audio(np.asarray(samples, np.float32), rate_hz)


def cut(audio: Audio, start_s: float = 0.0, end_s: float = math.inf) -> Audio:
    """What lies between two times. Raises ValueError where nothing does."""
    start, end = (_place(audio, time_s) for time_s in (start_s, end_s))
    if end <= start:
        raise ValueError(f"nothing lies between {start_s:g} and {end_s:g} s of {audio.duration_s:g} s")
    return Audio(audio.samples[start:end], audio.rate_hz)


def _place(audio: Audio, time_s: float) -> int:
    """The sample nearest to it, or the end that it lies beyond."""
    return round(min(max(time_s, 0.0), audio.duration_s) * audio.rate_hz)


def padded(audio: Audio, before_s: float = 0.0, after_s: float = 0.0) -> Audio:
    """With silence before and after it."""
    around = [(round(before_s * audio.rate_hz), round(after_s * audio.rate_hz)), (0, 0)]
    return Audio(np.pad(audio.samples, around), audio.rate_hz)


def shifted(audio: Audio, by_s: float) -> Audio:
    """Later, or earlier where negative, in the same time: what leaves it is lost, what comes in is silence."""
    n = min(round(abs(by_s) * audio.rate_hz), len(audio.samples))
    silence = np.zeros((n, audio.samples.shape[1]), np.float32)
    parts = [silence, audio.samples[: len(audio.samples) - n]] if by_s > 0 else [audio.samples[n:], silence]
    return Audio(np.concatenate(parts), audio.rate_hz)


def overlaid(audio: Audio, other: Audio, snr_db: float) -> Audio:
    """With another sound in all channels, its mono mix `snr_db` below the song's in power; repeated if it is shorter.

    Raises ValueError for another sound that is silent.
    """
    other = resampled(other, audio.rate_hz)
    over = _repeated_mix(other, len(audio.samples))
    power = np.mean(over**2)
    if not power:
        raise ValueError("silence is at no level below a song")
    mix = to_mono(audio.samples).astype(np.float64)
    return added(audio, other, float(np.sqrt(np.mean(mix**2) / power) * 10 ** (-snr_db / 20)))


def added(audio: Audio, other: Audio, gain: float) -> Audio:
    """With another sound of its rate in all channels, its mono mix times `gain`; repeated if it is shorter."""
    over = _repeated_mix(other, len(audio.samples))
    return as_audio(audio.samples + gain * over[:, np.newaxis], audio.rate_hz)


def _repeated_mix(audio: Audio, n: int) -> Array:
    return np.resize(to_mono(audio.samples), n).astype(np.float64)


def rechannelled(audio: Audio, channels: Sequence[int | None]) -> Audio:
    """These of its channels, in this order; SILENT ones are silence. Raises IndexError for one that it has not."""
    silence = np.zeros(len(audio.samples), np.float32)
    picked = [silence if channel is SILENT else audio.samples[:, channel] for channel in channels]
    return Audio(np.stack(picked, axis=1), audio.rate_hz)


def mixed_to_mono(audio: Audio) -> Audio:
    """One channel, as the signal chain mixes it."""
    return Audio(to_mono(audio.samples)[:, np.newaxis], audio.rate_hz)


def resampled(audio: Audio, rate_hz: int) -> Audio:
    """At another rate, as long as it was, to half a sample."""
    return in_samples(audio, round(len(audio.samples) * rate_hz / audio.rate_hz), rate_hz)


def in_samples(audio: Audio, n: int, rate_hz: int) -> Audio:
    """Played by n samples, at a rate that may make it faster or slower, the pitch along with it.

    In the frequency domain: what both rates can hold stays exactly as it is.
    """
    if n == len(audio.samples):
        return Audio(audio.samples, rate_hz)
    return as_audio(signal.resample(audio.samples.astype(np.float64), n, axis=0), rate_hz)


def masked(audio: Audio, low_hz: float, high_hz: float, start_s: float = 0.0, end_s: float = math.inf) -> Audio:
    """Without a band of frequencies, all the time or between two times (as SpecAugment does to spectrograms).

    Its short-time spectrum's cells whose middles lie in there are silent.
    """
    hop = MASK_FFT // 4
    spectrum = signal.ShortTimeFFT(signal.windows.hann(MASK_FFT, sym=False), hop, audio.rate_hz)
    cells = spectrum.stft(audio.samples.astype(np.float64), axis=0)  # [frequencies, channels, times]
    times_s = spectrum.t(len(audio.samples))
    band = (spectrum.f >= low_hz) & (spectrum.f < high_hz)
    span = (times_s >= start_s) & (times_s < end_s)
    cells[np.ix_(band, range(cells.shape[1]), span)] = 0
    restored = spectrum.istft(cells, k1=len(audio.samples), f_axis=0, t_axis=2)
    return as_audio(restored.reshape(audio.samples.shape), audio.rate_hz)
