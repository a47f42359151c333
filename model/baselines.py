"""Baselines that the field expects: small networks that hear timbre features instead of the log-mel image.

Conventions
-----------
- Input: level [batch, frames, n_mels], -1 to 1 for 80 dB, as `build_network` makes it.
- Output: [batch, steps, 1, channels] with FRAMES_A_STEP frames a step, of which `build_network` makes logits.
"""

from __future__ import annotations

from typing import Any

from keras import layers

from model.norms import batch_norm
from model.timbre import mfcc, mfcc_with_deltas, side_by_side, spectral_contrast

FRAMES_A_STEP = 4
# Features are up to 400 times smaller in variance than the norm's first guess, and stay as they are while the network
# learns: statistics of nine batches are enough, and soon there.
FEATURE_MOMENTUM = 0.8


def mfcc_network(level: Any, n_mels: int) -> Any:
    """MFCCs, deltas and their deltas; convolutions over time."""
    return _over_time(mfcc_with_deltas(_as_channels(level, n_mels), "mfcc"), "mfcc")


def contrast_network(level: Any, n_mels: int) -> Any:
    """Spectral contrast and valleys of octaves; convolutions over time."""
    return _over_time(spectral_contrast(_as_channels(level, n_mels), "contrast"), "contrast")


def merged_network(level: Any, n_mels: int) -> Any:
    """Both, each with its own convolutions, heard side by side by the last layer."""
    channels = _as_channels(level, n_mels)
    cepstral = _over_time(mfcc_with_deltas(channels, "mfcc"), "mfcc")
    spectral = _over_time(spectral_contrast(channels, "contrast"), "contrast")
    return side_by_side([cepstral, spectral], "merged")


def pooled_features(level: Any, n_mels: int) -> Any:
    """Log-mels and MFCCs, and how far each is from its mean over the window: [batch, steps, 1, 2 * (n_mels + N_MFCC)].

    Their means over the steps are the window's means and mean absolute deviations: the floor, a linear classifier
    of pooled features. The deviation is not the standard one, whose root would not be a mean over steps.
    """
    channels = _as_channels(level, n_mels)
    parts: list[Any] = []
    for name, values in (("mel", channels), ("mfcc", mfcc(channels, "mfcc"))):
        for feature in (values, _deviation(values, f"{name}_deviation")):
            parts.append(layers.AveragePooling2D((FRAMES_A_STEP, 1), name=f"pooled{len(parts)}")(feature))
    return side_by_side(parts, "pooled")


def _as_channels(level: Any, n_mels: int) -> Any:
    return layers.Reshape((-1, 1, n_mels), name="as_channels")(level)


def _over_time(features: Any, name: str) -> Any:
    """Three convolutions over time that halve its rate twice; a step hears 32 frames of features, 2.5 s."""
    x = batch_norm(features, f"{name}_bn", FEATURE_MOMENTUM)
    for i, (channels, pool) in enumerate(((64, 2), (96, 2), (128, 1))):
        x = layers.Conv2D(channels, (5, 1), padding="same", use_bias=False, name=f"{name}_conv{i}")(x)
        x = layers.ReLU(name=f"{name}_conv{i}_relu")(batch_norm(x, f"{name}_conv{i}_bn"))
        x = layers.MaxPooling2D((pool, 1), name=f"{name}_conv{i}_pool")(x) if pool > 1 else x
    return x


def _deviation(values: Any, name: str) -> Any:
    """|values - their mean over the window|, any [batch, frames, 1, n]."""
    mean = layers.GlobalAveragePooling2D(keepdims=True, name=f"{name}_mean")(values)
    above = layers.Add(name=f"{name}_signed")([values, layers.Rescaling(-1.0, name=f"{name}_less")(mean)])
    below = layers.Rescaling(-1.0, name=f"{name}_negated")(above)
    sides = [layers.ReLU(name=f"{name}_above")(above), layers.ReLU(name=f"{name}_below")(below)]
    return layers.Add(name=name)(sides)
