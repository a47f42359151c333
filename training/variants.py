"""Networks for the ablation alone, from scratch: one choice of the small convolutional network changed, or its body.

Conventions
-----------
- Input and output are those of model.network.build_network, and so are the level and the unit range at their start.
- Page and server run none of these: they may use layers that cannot be exported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import layers, ops

from model.contract import WindowLayout
from model.network import ARCHITECTURES, CNN_CHANNELS, CNN_POOLS, build_network
from model.norms import batch_norm

THRICE, ONCE = (3,) * len(CNN_CHANNELS), (1,) * len(CNN_CHANNELS)


def build_variant(name: str, n_genres: int, n_mels: int, windows: WindowLayout) -> keras.Model:
    """The untrained network of a name in VARIANTS."""
    plain = build_network("cnn", n_genres, n_mels, windows)
    embedding = VARIANTS[name](plain.get_layer("unit_range").output)
    x = layers.Dropout(0.2, name="dropout")(embedding)
    x = layers.Conv2D(n_genres, 1, name="logits")(x)
    if name == "cnn-attention":
        x = _attended(x, embedding)
    return keras.Model(plain.input, layers.Reshape((-1, n_genres), name="steps")(x), name=name)


# --- the body: from level [batch, frames, mels] to an embedding [batch, steps, 1, channels] ---------------------------


def _conv1d(level: Any) -> Any:
    """Three convolutions over time whose channels are mel bands: the shape of most GTZAN projects."""
    x = layers.Reshape((-1, 1, level.shape[2]), name="as_channels")(level)
    for i, pool in enumerate((2, 2, 1)):
        x = _convolution(x, 256, (5, 1), f"conv{i}")
        x = layers.MaxPooling2D((pool, 1), name=f"conv{i}_pool")(x)
    return _mean_over_mels(x)


def _short_chunk(level: Any) -> Any:
    """Residual blocks (Won, Ferraro, Bogdanov & Serra, "Evaluation of CNN-based automatic music tagging models", 2020),
    of an eighth of their width, so that they cost little more than our small network, and pooled as it is.
    """
    x = _as_image(level)
    for i, (channels, pool) in enumerate(zip((16, 16, 32, 32, 64, 64), CNN_POOLS, strict=True)):
        shortcut = layers.Conv2D(channels, 1, use_bias=False, name=f"block{i}_shortcut")(x)
        x = _convolution(x, channels, (3, 3), f"block{i}_first")
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False, name=f"block{i}_second")(x)
        x = layers.Add(name=f"block{i}_add")([batch_norm(x, f"block{i}_bn"), batch_norm(shortcut, f"block{i}_cut_bn")])
        x = layers.MaxPooling2D(pool, name=f"block{i}_pool")(layers.ReLU(name=f"block{i}_relu")(x))
    return _mean_over_mels(x)


def _wide(level: Any) -> Any:
    return _mean_over_mels(_small(level, [2 * channels for channels in CNN_CHANNELS]))


def _deep(level: Any) -> Any:
    """Two convolutions before each pool."""
    x = _as_image(level)
    for i, (width, pool) in enumerate(zip(CNN_CHANNELS, CNN_POOLS, strict=True)):
        x = _convolution(_convolution(x, width, (3, 3), f"conv{i}_first"), width, (3, 3), f"conv{i}")
        x = layers.MaxPooling2D(pool, name=f"conv{i}_pool")(x)
    return _mean_over_mels(x)


def _hearing_briefly(level: Any) -> Any:
    """16 frames a step, 1.2 s, instead of 32."""
    return _mean_over_mels(_small(level, CNN_CHANNELS, spans=(3, 3, 3, 3, 1, 1)))


def _hearing_long(level: Any) -> Any:
    """64 frames a step, 5 s: the last convolutions' frames lie 2 and 4 steps apart."""
    return _mean_over_mels(_small(level, CNN_CHANNELS, dilations=(1, 1, 1, 1, 2, 4)))


def _plain(level: Any) -> Any:
    return _mean_over_mels(_small(level, CNN_CHANNELS))


def _mean_and_max(level: Any) -> Any:
    """Beside each step's embedding its largest values in the window: logits of the mean and the maximum."""
    mean = _plain(level)
    largest = layers.GlobalMaxPooling2D(keepdims=True, name="max")(mean)
    everywhere = layers.UpSampling2D((mean.shape[1], 1), name="max_everywhere")(largest)
    return layers.Concatenate(name="mean_max")([mean, everywhere])


def _band_norm(level: Any) -> Any:
    """Every band of a window with mean 0 and variance 1."""
    normal = layers.LayerNormalization(axis=1, center=False, scale=False, name="band_norm")(level)
    return _mean_over_mels(_small(normal, CNN_CHANNELS))


def _attended(logits: Any, embedding: Any) -> Any:
    """Steps count as much as they are attended to (Ilse et al., "Attention-based deep multiple instance learning",
    2018): the mean of what comes out is the attention-weighted mean of the logits [batch, steps, 1, genres].
    """
    attention = layers.Softmax(axis=1, name="attention")(layers.Conv2D(1, 1, name="attended")(embedding))
    return layers.Multiply(name="weighted")([logits, ops.multiply(attention, logits.shape[1])])


# --- parts ------------------------------------------------------------------------------------------------------------


def _small(level: Any, channels: Sequence[int], spans: Sequence[int] = THRICE, dilations: Sequence[int] = ONCE) -> Any:
    """The small network's body; `spans` and `dilations` of its kernels are along time."""
    x = _as_image(level)
    for i, (width, span, dilation, pool) in enumerate(zip(channels, spans, dilations, CNN_POOLS, strict=True)):
        x = _convolution(x, width, (span, 3), f"conv{i}", (dilation, 1))
        x = layers.MaxPooling2D(pool, name=f"conv{i}_pool")(x)
    return x


def _convolution(x: Any, channels: int, kernel: tuple[int, int], name: str, dilation: tuple[int, int] = (1, 1)) -> Any:
    x = layers.Conv2D(channels, kernel, padding="same", dilation_rate=dilation, use_bias=False, name=name)(x)
    return layers.ReLU(name=f"{name}_relu")(batch_norm(x, f"{name}_bn"))


def _as_image(level: Any) -> Any:
    return layers.Reshape((-1, level.shape[2], 1), name="as_image")(level)


def _mean_over_mels(x: Any) -> Any:
    return layers.AveragePooling2D((1, x.shape[2]), name="embedding")(x)


VARIANTS: dict[str, Callable[[Any], Any]] = {
    "conv1d": _conv1d,
    "short-chunk": _short_chunk,
    "cnn-wide": _wide,
    "cnn-deep": _deep,
    "cnn-brief": _hearing_briefly,
    "cnn-long": _hearing_long,
    "cnn-attention": _plain,
    "cnn-mean-max": _mean_and_max,
    "cnn-band-norm": _band_norm,
}


def build_any(name: str, n_genres: int, n_mels: int, windows: WindowLayout) -> keras.Model:
    """The untrained network of a name in model.network.ARCHITECTURES or in VARIANTS."""
    build = build_network if name in ARCHITECTURES else build_variant
    return build(name, n_genres, n_mels, windows)
