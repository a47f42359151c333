"""Timbre as the field describes it, from log-mels and inside a network: MFCCs, their deltas, spectral contrast.

Conventions
-----------
- Input: level [batch, frames, 1, n_mels], dB in any linear scale, bands of Slaney's mel scale from 0 Hz to Nyquist.
- Output: [batch, frames, 1, features], in the same scale.
- All of it is convolutions that do not learn and maxima: what page and server run for other networks too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from math import factorial
from typing import Any

import numpy as np
from keras import layers

from model.features import Array, Float64, SignalChain

N_MFCC = 20  # librosa's default
DELTA_FRAMES = 5  # HTK's two to each side; librosa's nine would be 0.7 s of our slow frames
OCTAVE_EDGES_HZ = 200.0 * 2.0 ** np.arange(6)  # librosa's, the last octave cut short by Nyquist


def mfcc(level: Any, name: str) -> Any:
    """The first N_MFCC coefficients of the orthonormal DCT-II over the mel bands (Davis & Mermelstein, 1980)."""
    return _fixed(level, dct_matrix(level.shape[-1]), name)


def mfcc_with_deltas(level: Any, name: str) -> Any:
    """N_MFCC coefficients, then their slopes and their curvatures over DELTA_FRAMES (Furui, 1986).

    Beyond the window there is silence of 0, which two frames at each end see: the neighbouring window knows better.
    """
    thrice = _fixed(level, np.tile(dct_matrix(level.shape[-1]), 3), f"{name}_thrice")
    taps = np.stack([derivative_taps(order) for order in range(3)], axis=1)
    kernel = np.repeat(taps, N_MFCC, axis=1)[:, np.newaxis, :, np.newaxis]
    slopes = layers.DepthwiseConv2D(kernel.shape[:2], padding="same", use_bias=False, trainable=False, name=name)
    return _with_kernel(slopes, thrice, kernel)


def spectral_contrast(level: Any, name: str) -> Any:
    """For each octave band peak less valley, then the valleys (Jiang et al., "Music type classification by
    spectral contrast feature", 2002).

    As librosa.feature.spectral_contrast, but of mel bands instead of FFT bins. An octave then has 7 to 26 of them,
    and the share that librosa averages (2 %, at least one) is the loudest alone, and the quietest.
    """
    mels = octaves(level.shape[-1])
    peaks = _loudest(level, mels, 1.0, f"{name}_peaks")
    depths = _loudest(level, mels, -1.0, f"{name}_depths")  # the valleys, negated
    same = np.eye(len(mels))
    contrasts = _fixed(peaks, np.hstack([same, 0 * same]), f"{name}_of_peaks")
    valleys = _fixed(depths, np.hstack([same, -same]), f"{name}_of_depths")
    return layers.Add(name=name)([contrasts, valleys])


def side_by_side(parts: Sequence[Any], name: str) -> Any:
    """[batch, t, 1, n] and [batch, t, 1, m] to [batch, t, 1, n + m]; any number of them."""
    total, done, placed = sum(part.shape[-1] for part in parts), 0, []
    for i, part in enumerate(parts):
        placed.append(_fixed(part, np.eye(part.shape[-1], total, done), f"{name}_place{i}"))
        done += part.shape[-1]
    return reduce(lambda x, y: layers.Add()([x, y]), placed)


def dct_matrix(n_mels: int) -> Float64:
    """The orthonormal DCT-II, [n_mels, N_MFCC]."""
    basis = np.cos(np.pi / n_mels * np.outer(np.arange(n_mels) + 0.5, np.arange(N_MFCC))) * np.sqrt(2 / n_mels)
    basis[:, 0] /= np.sqrt(2)
    return np.asarray(basis)


def derivative_taps(order: int) -> Float64:
    """Weights [DELTA_FRAMES] of frames around one: the derivative of the polynomial of that order fitted to them.

    (Savitzky & Golay, 1964.) Order 0 is the frame itself.
    """
    if order == 0:
        return np.asarray(np.eye(DELTA_FRAMES)[DELTA_FRAMES // 2])
    offsets = np.arange(DELTA_FRAMES) - DELTA_FRAMES // 2
    return np.asarray(np.linalg.pinv(np.vander(offsets, order + 1))[0] * factorial(order))


def mel_centres_hz(n_mels: int) -> Float64:
    """The centres [n_mels] of Slaney's bands from 0 Hz to the signal chain's Nyquist: 200 Hz are 3 mel, linear up
    to 1 kHz; from there on a factor of 6.4 is 27 mel."""
    nyquist_hz = SignalChain().sample_rate_hz / 2
    mels_a_neper = 27 / np.log(6.4)
    mel = np.linspace(0, 15 + mels_a_neper * np.log(nyquist_hz / 1000), n_mels + 2)[1:-1]
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) / mels_a_neper))


def octaves(n_mels: int) -> list[Array]:
    """The mel bands, by number, that each octave band has its share of; seven octaves, the first from 0 Hz."""
    octave = np.digitize(mel_centres_hz(n_mels), OCTAVE_EDGES_HZ)
    return [np.flatnonzero(octave == i) for i in range(len(OCTAVE_EDGES_HZ) + 1)]


def _loudest(level: Any, mels: list[Array], sign: float, name: str) -> Any:
    """The maximum of sign * level in each octave, [batch, frames, 1, octaves].

    Pools are of one size: octaves with few mel bands have their last one several times.
    """
    widest = max(len(octave) for octave in mels)
    chosen = np.stack([octave[np.minimum(np.arange(widest), len(octave) - 1)] for octave in mels], axis=1)
    x = _fixed(level, sign * np.eye(level.shape[-1])[:, chosen.ravel()], f"{name}_chosen")
    x = layers.Reshape((-1, widest, len(mels)), name=f"{name}_by_octave")(x)
    return layers.MaxPooling2D((1, widest), name=name)(x)


def _fixed(x: Any, matrix: Array, name: str) -> Any:
    """x [..., n] @ matrix [n, m], as a convolution that does not learn."""
    convolution = layers.Conv2D(matrix.shape[1], 1, use_bias=False, trainable=False, name=name)
    return _with_kernel(convolution, x, matrix[np.newaxis, np.newaxis])


def _with_kernel(convolution: Any, x: Any, kernel: Array) -> Any:
    y = convolution(x)
    convolution.set_weights([kernel])
    return y
