"""The networks: log-mel windows in, genre logits per step out. Keras 3, any backend.

Conventions
-----------
- Input: log_mel [batch, window_frames, n_mels] in dB, of any recording level.
- Output: logits [batch, window_steps, n_genres]; a step is `frames_per_step` frames.
- All weights are 2-D convolutions, which fold and fuse in every runtime.
- One thing looks at a whole window, the same in training, page and server: the level that dB are counted from.
  Everything else hears what is around it in time.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers, ops

from model.baselines import contrast_network, merged_network, mfcc_network, pooled_features
from model.contract import WindowLayout
from model.norms import batch_norm
from model.pcen import Pcen

DYNAMIC_RANGE_DB = 80.0  # the archive's floor below the clip's maximum
SILENCE_DB = -60.0  # about 95 dB below a full-scale tone: quieter windows stay dark instead of being amplified


@keras.saving.register_keras_serializable("genrescope")
class RelativeLevel(layers.Layer):  # type: ignore[misc]
    """dB below the window's own loudest cell, at least -DYNAMIC_RANGE_DB: blind to the recording level.

    While training, the level found is off by up to ±jitter_db, so that one loud click does not change the genre.
    """

    def __init__(self, jitter_db: float = 4.0, **options: Any) -> None:
        super().__init__(**options)
        self.jitter_db = jitter_db
        self._seed = keras.random.SeedGenerator()

    def call(self, log_mel: Any, training: bool = False) -> Any:
        """[batch, frames, n_mels] to the same shape."""
        peak = ops.maximum(ops.max(log_mel, axis=(1, 2), keepdims=True), SILENCE_DB)
        if training:
            peak += keras.random.uniform(ops.shape(peak), -self.jitter_db, self.jitter_db, seed=self._seed)
        return ops.maximum(log_mel - peak, -DYNAMIC_RANGE_DB)

    def get_config(self) -> dict[str, Any]:
        """What the constructor needs again."""
        return {**super().get_config(), "jitter_db": self.jitter_db}


@keras.saving.register_keras_serializable("genrescope")
class HardSwish(layers.Layer):  # type: ignore[misc]
    """x * relu6(x + 3) / 6 (Howard et al., "Searching for MobileNetV3", 2019)."""

    def call(self, x: Any) -> Any:
        """Any shape."""
        return x * ops.relu6(x + 3.0) * (1 / 6)


def build_network(architecture: str, n_genres: int, n_mels: int, windows: WindowLayout) -> keras.Model:
    """The untrained network of a name in ARCHITECTURES.

    Raises ValueError for an unknown name.
    """
    if architecture not in ARCHITECTURES:
        raise ValueError(f"architecture is {architecture!r}, must be one of {', '.join(ARCHITECTURES)}")
    log_mel = layers.Input((windows.window_frames, n_mels), name="log_mel")
    level = RelativeLevel(name="relative_level")(log_mel)
    level = layers.Rescaling(2 / DYNAMIC_RANGE_DB, offset=1.0, name="unit_range")(level)  # [-80, 0] dB to [-1, 1]
    embedding = _mean_over_mels(ARCHITECTURES[architecture](level, n_mels))
    if embedding.shape[1] != windows.window_steps:
        raise ValueError(f"{architecture} gives {embedding.shape[1]} steps a window, must be {windows.window_steps}")
    # Linear, so that the mean of the steps' logits is the logits of their mean embedding: rows of any length.
    x = layers.Dropout(0.2, name="dropout")(embedding)
    x = layers.Conv2D(n_genres, 1, name="logits")(x)
    return keras.Model(log_mel, layers.Reshape((-1, n_genres), name="steps")(x), name=architecture)


def _mean_over_mels(x: Any) -> Any:
    """[batch, steps, mels, channels] to [batch, steps, 1, channels]."""
    return layers.AveragePooling2D((1, x.shape[2]), name="embedding")(x)


# --- from scratch: 3 x 3 convolutions -----------------------------------------------------------------------------


CNN_CHANNELS = (16, 32, 64, 64, 128, 128)
CNN_POOLS = ((1, 2), (2, 2), (1, 2), (2, 2), (1, 2), (1, 2))  # (time, mel): 4 frames a step


def _cnn_pcen(level: Any, n_mels: int) -> Any:
    return _cnn(Pcen(name="pcen")(level), n_mels)


def _cnn(level: Any, n_mels: int) -> Any:
    x = layers.Reshape((-1, n_mels, 1), name="as_image")(level)
    for i, (channels, pool) in enumerate(zip(CNN_CHANNELS, CNN_POOLS, strict=True)):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False, name=f"conv{i}")(x)
        x = batch_norm(x, f"conv{i}_bn")
        x = layers.ReLU(name=f"conv{i}_relu")(x)
        x = layers.MaxPooling2D(pool, name=f"conv{i}_pool")(x)
    return x


# --- MobileNetV3 of width 0.4, as EfficientAT mn04 ----------------------------------------------------------------
# Schmid et al., "Efficient large-scale audio tagging via transformer-to-CNN knowledge distillation", 2023.
# Layers have the original's names, with "-" for ".": Keras on PyTorch takes no dots.

# Per block: kernel, expanded channels, output channels, squeeze-and-excitation, hard-swish, (time, mel) stride. The
# first three strides are kept in frequency only: 12.9 frames a second then reach the deep layers at the rate
# that the AudioSet weights know.
MN04_BLOCKS = (
    (3, 8, 8, False, False, (1, 1)),
    (3, 24, 16, False, False, (1, 2)),
    (3, 32, 16, False, False, (1, 1)),
    (5, 32, 16, True, False, (1, 2)),
    (5, 48, 16, True, False, (1, 1)),
    (5, 48, 16, True, False, (1, 1)),
    (3, 96, 32, False, True, (2, 2)),
    (3, 80, 32, False, True, (1, 1)),
    (3, 72, 32, False, True, (1, 1)),
    (3, 72, 32, False, True, (1, 1)),
    (3, 192, 48, True, True, (1, 1)),
    (3, 272, 48, True, True, (1, 1)),
    (5, 272, 64, True, True, (2, 2)),
    (5, 384, 64, True, True, (1, 1)),
    (5, 384, 64, True, True, (1, 1)),
)
MN04_EMBEDDING = 384  # channels

# Squeeze-and-excitation averages over about so many frames around each, 2.5 s (with an odd number of steps: up to
# 2.8 s), where the original does over its whole input: a change is to be seen when it comes.
SQUEEZE_FRAMES = 32
AROUND = "around"  # the end of the names of the layers that do

# mn04 was taught on (ln(power + 1e-5) + 4.5) / 5 of Kaldi mel bands. "mel_bands" maps our Slaney bands to
# u = ln(power) - ln(1e-5), and ln(power + 1e-5) = ln(1e-5) + softplus(u).
MN04_FLOOR_LN = float(np.log(1e-5))


def _mn04(level: Any, n_mels: int) -> Any:
    x = layers.Reshape((-1, 1, n_mels), name="as_channels")(level)
    x = layers.Conv2D(n_mels, 1, activation="softplus", name="mel_bands")(x)
    x = layers.Rescaling(1 / 5, offset=(4.5 + MN04_FLOOR_LN) / 5, name="teacher_range")(x)
    x = layers.Reshape((-1, n_mels, 1), name="as_image")(x)
    x = _conv(x, 8, 3, (1, 2), hard_swish=True, name="features-0")
    n_frames = x.shape[1]
    for i, block in enumerate(MN04_BLOCKS, start=1):
        x = _inverted_residual(x, *block, n_frames=n_frames, name=f"features-{i}-block")
    return _conv(x, MN04_EMBEDDING, 1, (1, 1), hard_swish=True, name=f"features-{len(MN04_BLOCKS) + 1}")


def _inverted_residual(
    x: Any,
    kernel: int,
    expanded: int,
    out: int,
    squeeze: bool,
    hard_swish: bool,
    stride: tuple[int, int],
    *,
    n_frames: int,
    name: str,
) -> Any:
    """`n_frames` are the window's, which strides before this block have made fewer."""
    shortcut, part = x, 0
    if expanded != x.shape[-1]:
        x = _conv(x, expanded, 1, (1, 1), hard_swish=hard_swish, name=f"{name}-{part}")
        part += 1
    x = _conv(x, expanded, kernel, stride, hard_swish=hard_swish, depthwise=True, name=f"{name}-{part}")
    part += 1
    if squeeze:
        x = _squeeze_excitation(x, SQUEEZE_FRAMES * x.shape[1] // n_frames, name=f"{name}-{part}-conc_se_layers-0")
        part += 1
    x = _conv(x, out, 1, (1, 1), hard_swish=None, name=f"{name}-{part}")
    return layers.Add(name=f"{name}-add")([x, shortcut]) if stride == (1, 1) and out == shortcut.shape[-1] else x


def _conv(
    x: Any,
    out: int,
    kernel: int,
    stride: tuple[int, int],
    *,
    hard_swish: bool | None,
    name: str,
    depthwise: bool = False,
) -> Any:
    """Convolution, batch norm and, unless `hard_swish` is None, an activation (hard-swish or ReLU)."""
    if depthwise and stride[0] != stride[1]:
        # TensorFlow's depthwise convolution refuses unequal strides: compute all, keep every other.
        x = layers.DepthwiseConv2D(kernel, padding="same", use_bias=False, name=f"{name}-0")(x)
        x = layers.MaxPooling2D(1, stride, name=f"{name}-stride")(x)
    else:
        padding = "same"
        if max(stride) > 1:
            # PyTorch pads both ends alike; "same" would pad a strided convolution at its far end only.
            x, padding = layers.ZeroPadding2D(kernel // 2, name=f"{name}-pad")(x), "valid"
        convolution = {"kernel_size": kernel, "strides": stride, "padding": padding, "use_bias": False}
        if depthwise:
            x = layers.DepthwiseConv2D(**convolution, name=f"{name}-0")(x)
        else:
            x = layers.Conv2D(out, **convolution, name=f"{name}-0")(x)
    x = batch_norm(x, f"{name}-1")
    if hard_swish is None:
        return x
    return HardSwish(name=f"{name}-2")(x) if hard_swish else layers.ReLU(name=f"{name}-2")(x)


def _squeeze_excitation(x: Any, n_around: int, name: str) -> Any:
    """Channel gains from the mean of n_around frames (Hu et al., "Squeeze-and-excitation networks", 2018)."""
    channels = x.shape[-1]
    gains = layers.AveragePooling2D((1, x.shape[2]), name=f"{name}-mean")(x)
    # An odd number, to lie around its frame; at the window's ends the mean is of the frames that there are.
    gains = layers.AveragePooling2D((n_around | 1, 1), strides=1, padding="same", name=f"{name}-{AROUND}")(gains)
    gains = layers.Conv2D(_divisible_by_8(channels // 4), 1, activation="relu", name=f"{name}-fc1")(gains)
    gains = layers.Conv2D(channels, 1, activation="sigmoid", name=f"{name}-fc2")(gains)
    return layers.Multiply(name=f"{name}-scale")([x, gains])


def _divisible_by_8(channels: float) -> int:
    """MobileNet's rounding of channel counts: to the nearest multiple of 8, never down by more than a tenth."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


ARCHITECTURES = {
    "cnn": _cnn,
    "cnn-pcen": _cnn_pcen,
    "mn04": _mn04,
    "mfcc": mfcc_network,
    "contrast": contrast_network,
    "merged": merged_network,
    "linear": pooled_features,
}
