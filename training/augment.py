"""Training windows, varied: crops, equalisation, dB scale, SpecAugment and mixup; and what was tried and is off.

Against the cues that GTZAN offers and music does not: the codec's cut-off and the pressing's tone colour. (Level is
varied inside the network, where it is measured: model.network.RelativeLevel.) See
Sturm, "The GTZAN dataset", 2013.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from model.features import Float32
from training.recorded import tried
from training.warps import noisy, shifted, stretched, with_holes


@dataclass(frozen=True)
class Augmentation:
    """How far training windows may stray from their song."""

    scale: float = 0.1  # of the dB axis: the archive's images were auto-scaled
    eq_db: float = 4.0  # standard deviation of a smooth random equaliser
    cutoff_share: float = 0.1  # of windows that lose their top bands, as to a codec or a small loudspeaker
    time_mask_frames: int = 16
    mel_mask_bands: int = 16
    masks: int = 2  # of each kind (SpecAugment, Park et al., 2019)
    mixup_alpha: float = 0.3  # Beta(alpha, alpha) (Zhang et al., 2018); 0 mixes nothing
    middle_share: float = 0.0  # of windows that are the middle of their song instead of anywhere in it
    stretch: float = 0.0  # windows are slower or faster by up to this share
    shift_semitones: float = 0.0  # windows are higher or lower by up to so many
    noise_share: float = 0.0  # of windows with white noise, NOISE_SNR_DB below them
    holes_share: float = tried(0.0)  # of windows with holes as a codec leaves them


SILENT_DB = -100.0  # below every floor
NOISE_SNR_DB = (10.0, 40.0)  # audible to hardly there
HOLES_BELOW_DB = (10.0, 30.0)  # the loudest band near: many holes to few


def crop_window(log_mel: Float32, n_frames: int, how: Augmentation, rng: np.random.Generator) -> Float32:
    """A window [n_frames, n_mels] of a song [frames, n_mels]. What is off draws no random number."""
    n_heard = round(n_frames * (1 + rng.uniform(-how.stretch, how.stretch))) if how.stretch else n_frames
    if how.middle_share and rng.random() < how.middle_share:
        log_mel = log_mel[max(0, len(log_mel) - n_heard) // 2 :][:n_heard]
    window = random_crop(log_mel, n_heard, rng)
    return stretched(window, n_frames) if how.stretch else window


def random_crop(log_mel: Float32, n_frames: int, rng: np.random.Generator) -> Float32:
    """n_frames in a row from [frames, n_mels]; a shorter song repeats itself, as in model.windows.cut_windows."""
    if len(log_mel) < n_frames:
        return np.asarray(log_mel[np.arange(n_frames) % len(log_mel)])
    start = int(rng.integers(len(log_mel) - n_frames + 1))
    return log_mel[start : start + n_frames]


def vary_window(log_mel: Float32, how: Augmentation, rng: np.random.Generator) -> Float32:
    """One window [frames, n_mels] in dB, varied; the input is left as it is. What is off draws no random number."""
    if how.shift_semitones:
        log_mel = shifted(log_mel, rng.uniform(-how.shift_semitones, how.shift_semitones))
    if how.noise_share and rng.random() < how.noise_share:
        log_mel = noisy(log_mel, rng.uniform(*NOISE_SNR_DB), rng)
    if how.holes_share and rng.random() < how.holes_share:
        log_mel = with_holes(log_mel, rng.uniform(*HOLES_BELOW_DB), SILENT_DB)
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
    if not alpha:
        return windows, targets
    share = rng.beta(alpha, alpha, len(windows)).astype(np.float32)
    share = np.maximum(share, 1 - share)
    other = rng.permutation(len(windows))
    blend_windows = share[:, None, None] * windows + (1 - share)[:, None, None] * windows[other]
    return blend_windows, share[:, None] * targets + (1 - share)[:, None] * targets[other]
