"""Training windows, varied: crops, equalisation, dB scale, SpecAugment and mixup.

Against the cues that GTZAN offers and music does not: the codec's cut-off and the pressing's tone colour. (Level is
varied inside the network, where it is measured: model.network.RelativeLevel.) See
Sturm, "The GTZAN dataset", 2013.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.features import Float32


@dataclass(frozen=True)
class Augmentation:
    """How far training windows may stray from their song."""

    scale: float = 0.1  # of the dB axis: the archive's images were auto-scaled
    eq_db: float = 4.0  # standard deviation of a smooth random equaliser
    cutoff_share: float = 0.1  # of windows that lose their top bands, as to a codec or a small loudspeaker
    time_mask_frames: int = 16
    mel_mask_bands: int = 16
    masks: int = 2  # of each kind (SpecAugment, Park et al., 2019)
    mixup_alpha: float = 0.3  # Beta(alpha, alpha) (Zhang et al., 2018)


SILENT_DB = -100.0  # below every floor


def random_crop(log_mel: Float32, n_frames: int, rng: np.random.Generator) -> Float32:
    """n_frames in a row from [frames, n_mels]; a shorter song repeats itself, as in model.windows.cut_windows."""
    if len(log_mel) < n_frames:
        return np.asarray(log_mel[np.arange(n_frames) % len(log_mel)])
    start = int(rng.integers(len(log_mel) - n_frames + 1))
    return log_mel[start : start + n_frames]


def vary_window(log_mel: Float32, how: Augmentation, rng: np.random.Generator) -> Float32:
    """One window [frames, n_mels] in dB, varied; the input is left as it is."""
    peak_db = log_mel.max()
    x = (log_mel - peak_db) * (1 + rng.uniform(-how.scale, how.scale))
    x = x + _random_equaliser(x.shape[1], how.eq_db, rng)
    if rng.random() < how.cutoff_share:
        x[:, int(rng.integers(x.shape[1] * 3 // 4, x.shape[1])) :] = SILENT_DB
    for _ in range(how.masks):
        # Masks are as loud as the window's mean: silence would be an event of its own.
        x[_random_stretch(x.shape[0], how.time_mask_frames, rng)] = x.mean()
        x[:, _random_stretch(x.shape[1], how.mel_mask_bands, rng)] = x.mean()
    return np.asarray(x, np.float32)


def _random_equaliser(n_mels: int, sigma_db: float, rng: np.random.Generator) -> Float32:
    """A smooth curve over the bands, in dB: six random knots joined by straight lines."""
    knots = rng.normal(0, sigma_db, 6)
    return np.interp(np.linspace(0, 5, n_mels), np.arange(6), knots).astype(np.float32)


def _random_stretch(length: int, longest: int, rng: np.random.Generator) -> slice:
    width = int(rng.integers(longest + 1))
    start = int(rng.integers(length - width + 1))
    return slice(start, start + width)


def mixup(windows: Float32, targets: Float32, alpha: float, rng: np.random.Generator) -> tuple[Float32, Float32]:
    """Blend each window [batch, frames, n_mels] and its target [batch, genres] with another one of the batch."""
    share = rng.beta(alpha, alpha, len(windows)).astype(np.float32)
    share = np.maximum(share, 1 - share)
    other = rng.permutation(len(windows))
    blend_windows = share[:, None, None] * windows + (1 - share)[:, None, None] * windows[other]
    return blend_windows, share[:, None] * targets + (1 - share)[:, None] * targets[other]
