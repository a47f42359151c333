"""Log-mel windows as other playing would have given them: slower or faster, higher or lower, with noise.

Approximations on the log-mels alone, since an archive has no audio: straight lines between frames and between bands.
All are pure: arrays [frames, n_mels] in dB in, the same out.
"""

from __future__ import annotations

from functools import cache

import librosa
import numpy as np
from scipy.ndimage import maximum_filter1d

from model.features import Array, Float32, SignalChain

MASKING_BANDS = 9  # about as far as a loud tone hides softer ones
NOISE_SPREAD = 4  # gamma's shape: power of noise in a band of some four bins of the FFT


def stretched(log_mel: Float32, n_frames: int) -> Float32:
    """The same music in n_frames instead, at the same pitch."""
    return _at(log_mel, np.linspace(0, len(log_mel) - 1, n_frames))


def shifted(log_mel: Float32, semitones: float) -> Float32:
    """The same music higher (or lower, below 0). What moves in from above Nyquist is as the top band is."""
    hz = _edges_hz(log_mel.shape[1])[1:-1]
    sources = np.interp(hz / 2 ** (semitones / 12), hz, np.arange(len(hz)))
    return _at(log_mel.T, sources).T


def noisy(log_mel: Float32, snr_db: float, rng: np.random.Generator) -> Float32:
    """White noise added, snr_db below the window's mean power. Slaney's bands are densities: noise is flat in them."""
    power = 10 ** (log_mel / 10)
    edges_hz = _edges_hz(log_mel.shape[1])
    mean_density = np.average(power.mean(axis=0), weights=edges_hz[2:] - edges_hz[:-2])
    noise = mean_density * 10 ** (-snr_db / 10) * rng.gamma(NOISE_SPREAD, 1 / NOISE_SPREAD, log_mel.shape)
    return np.asarray(10 * np.log10(power + noise), np.float32)


def with_holes(log_mel: Float32, below_db: float, silent_db: float) -> Float32:
    """What a codec short of bits does: cells more than below_db under the loudest band near them are not coded at all.

    A coarse model: real ones choose by tonality, share bits over time, and leave some noise in the holes.
    """
    loudest = maximum_filter1d(log_mel, MASKING_BANDS, axis=1, mode="nearest")
    return np.where(log_mel < loudest - below_db, np.float32(silent_db), log_mel)


@cache
def _edges_hz(n_mels: int) -> Array:
    """Edges and centres of the bands on Slaney's mel scale, [n_mels + 2]."""
    return np.asarray(librosa.mel_frequencies(n_mels + 2, fmin=0, fmax=SignalChain().sample_rate_hz / 2))


def _at(rows: Float32, positions: Array) -> Float32:
    """Rows [n, …] at positions between them, each 0 to n - 1."""
    below = np.minimum(positions.astype(int), len(rows) - 2)
    share = (positions - below)[:, np.newaxis]
    return np.asarray((1 - share) * rows[below] + share * rows[below + 1], np.float32)
