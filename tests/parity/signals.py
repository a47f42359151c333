"""Signals made by formulas and a seed: what resamplers and transforms get wrong if they get anything wrong.

Each is there at every sample rate. Full scale is 1.0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RATES_HZ = (8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 48_000, 96_000, 192_000)
DURATION_S = 2.0

Samples = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Signal:
    """One of KINDS at a rate."""

    kind: str
    sample_rate_hz: int

    @property
    def name(self) -> str:
        return f"{self.kind}, {self.sample_rate_hz / 1000:g} kHz"

    def pcm(self) -> npt.NDArray[np.float32]:
        """float32 [n, channels], made anew each time."""
        return np.stack(KINDS[self.kind](self.sample_rate_hz), axis=1).astype(np.float32)


def signals() -> Iterator[Signal]:
    """Every kind at every rate, one kind after the other."""
    return (Signal(kind, rate_hz) for kind in KINDS for rate_hz in RATES_HZ)


def _time_s(rate_hz: int) -> Samples:
    return np.arange(round(rate_hz * DURATION_S)) / rate_hz


def _level(rate_hz: int, level: float) -> Samples:
    return np.full(len(_time_s(rate_hz)), level)


def _sine(rate_hz: int, pitch_hz: float) -> Samples:
    return 0.5 * np.sin(2 * np.pi * pitch_hz * _time_s(rate_hz))


def _sweep(rate_hz: int, from_hz: float) -> Samples:
    """A sine from a pitch to Nyquist that rises by the same number of octaves every second (Farina, 2000)."""
    growth = np.log(rate_hz / 2 / from_hz) / DURATION_S
    return np.asarray(0.5 * np.sin(2 * np.pi * from_hz / growth * (np.exp(growth * _time_s(rate_hz)) - 1)))


def _impulses(rate_hz: int) -> Samples:
    """Single full-scale samples ten times a second, the very first and the very last among them."""
    samples = _level(rate_hz, 0.0)
    samples[:: rate_hz // 10] = 1.0
    samples[-1] = -1.0
    return samples


def _white(rate_hz: int, seed: int = 0) -> Samples:
    """Noise of standard deviation 1."""
    return np.random.default_rng([rate_hz, seed]).standard_normal(len(_time_s(rate_hz)))


def _pink(rate_hz: int, seed: int = 0) -> Samples:
    """Noise with the same power in every octave: amplitudes fall with the root of frequency. Standard deviation 0.2."""
    spectrum = np.fft.rfft(_white(rate_hz, seed))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    pink = np.fft.irfft(spectrum)
    return np.asarray(0.2 * pink / pink.std())


def _square(rate_hz: int) -> Samples:
    return np.where(np.arange(len(_time_s(rate_hz))) // 25 % 2, 1.0, -1.0)


# What each kind's channels are at a rate in Hz.
KINDS: dict[str, Callable[[int], tuple[Samples, ...]]] = {
    "sine 55 Hz": lambda rate: (_sine(rate, 55),),
    "sine 1 kHz": lambda rate: (_sine(rate, 1000),),
    "sine 0.9 Nyquist": lambda rate: (_sine(rate, 0.45 * rate),),
    "sine 0.998 Nyquist": lambda rate: (_sine(rate, 0.499 * rate),),
    "sweep 20 Hz to Nyquist": lambda rate: (_sweep(rate, 20),),
    "impulses": lambda rate: (_impulses(rate),),
    "white noise": lambda rate: (0.2 * _white(rate),),
    "pink noise": lambda rate: (_pink(rate),),
    "noise at -90 dB": lambda rate: (10 ** (-90 / 20) * _white(rate),),
    "denormal noise": lambda rate: (1e-39 * _white(rate),),
    "silence": lambda rate: (_level(rate, 0.0),),
    "DC": lambda rate: (_level(rate, 0.5),),
    "full-scale square": lambda rate: (_square(rate),),
    "stereo, unrelated": lambda rate: (_pink(rate), _pink(rate, seed=1)),
    "stereo, correlated": lambda rate: (_pink(rate), 0.8 * _pink(rate) + 0.2 * _pink(rate, seed=1)),
    "stereo, anti-phase": lambda rate: (_pink(rate), -_pink(rate)),
    "stereo, nearly anti-phase": lambda rate: (_pink(rate), -_pink(rate) + 1e-3 * _pink(rate, seed=1)),
    "stereo, left only": lambda rate: (_pink(rate), _level(rate, 0.0)),
    "stereo, right only": lambda rate: (_level(rate, 0.0), _pink(rate)),
}
