"""training/receptive_field.py: what is said to be heard is held against what changes a place when it changes."""

from __future__ import annotations

from collections.abc import Iterator

import keras
import numpy as np
import pytest
from keras import layers

from model.contract import WindowLayout
from tests.training.support import N_MELS, busy_network
from training.errors import TrainingError
from training.receptive_field import Field, Span, receptive_fields

N_FRAMES = WindowLayout().window_frames
SOME_LAYERS = {
    "cnn": ("conv0", "conv2", "conv4", "logits"),
    "cnn-pcen": ("pcen", "conv2", "logits"),
    "mn04": (
        "mel_bands", "features-4-block-1-stride", "features-7-block-1-0", "features-11-block-2-conc_se_layers-0-fc1",
        "features-16-0",
    ),
    "mfcc": ("mfcc", "mfcc_conv2"),
    "contrast": ("contrast_conv1",),
    "merged": ("logits",),
    "linear": ("logits",),
}  # fmt: skip


def without_context(architecture: str) -> keras.Model:
    """A network in which nothing looks further than its convolutions: every gain is the same, every mean is 0."""
    network = busy_network(architecture)
    for layer in network.layers:
        if layer.name.endswith("fc2"):
            kernel, bias = layer.get_weights()
            layer.set_weights([0 * kernel, bias])
        if layer.name.endswith("_less"):  # the window's mean, to be taken off
            layer.scale = 0.0
    return network


def inner_place(shape: tuple[int, ...], field: Field) -> tuple[int, int]:
    """Of an output, whose field lies within the window if any does."""
    time = shape[0] // 2
    bands = field.bands if field.bands and not field.mixed_by else Span()
    whole = [place for place in range(shape[1]) if bands.at(place)[0] >= 0 and bands.at(place)[1] < N_MELS]
    return time, whole[len(whole) // 2] if whole else shape[1] // 2


@pytest.fixture
def _in_float64() -> Iterator[None]:
    """The ends of a field weigh as little as a product of many small weights: float32 would round it away."""
    for set_precision in (keras.config.set_floatx, keras.config.set_dtype_policy):  # who has built a layer has a policy
        set_precision("float64")
    yield
    for set_precision in (keras.config.set_floatx, keras.config.set_dtype_policy):
        set_precision("float32")


@pytest.mark.usefixtures("_in_float64")
@pytest.mark.parametrize(("architecture", "name"), [(net, name) for net in SOME_LAYERS for name in SOME_LAYERS[net]])
def test_what_lies_outside_changes_nothing_and_each_end_of_it_does(architecture: str, name: str) -> None:
    network = without_context(architecture)
    layer, field = network.get_layer(name), receptive_fields(network)[name]
    heard = keras.Model(network.get_layer("unit_range").output, layer.output)
    time, place = inner_place(tuple(layer.output.shape[1:]), field)
    (first, last), (low, high) = field.frames.at(time), field.bands_at(place, N_MELS)
    assert 0 <= first <= last < N_FRAMES
    inside = np.zeros((N_FRAMES, N_MELS), bool)
    inside[first : last + 1, low : high + 1] = True
    parts = {"anything outside": ~inside}
    for end, cells in (
        ("its first frame", np.s_[first, :]), ("its last frame", np.s_[last, :]),
        ("its lowest band", np.s_[:, low]), ("its highest band", np.s_[:, high]),
    ):  # fmt: skip
        parts[end] = np.zeros_like(inside)
        parts[end][cells] = inside[cells]
    level, other = np.random.default_rng(0).uniform(-1, 1, (2, N_FRAMES, N_MELS))
    inputs = np.stack([level, *(np.where(part, 1e6 * other, level) for part in parts.values())])
    as_it_was, *changed = keras.ops.convert_to_numpy(heard(inputs))[:, time, place]
    hears = {end: bool((output != as_it_was).any()) for end, output in zip(parts, changed, strict=True)}
    assert hears == {end: end != "anything outside" for end in parts}


@pytest.mark.parametrize("padding", ["same", "valid"])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (3, 1), (1, 2)])  # no backend has both
@pytest.mark.parametrize("kernel", [2, 5])
def test_strides_dilations_and_paddings(kernel: int, stride: int, dilation: int, padding: str) -> None:
    log_mel = layers.Input((60, 20), name="log_mel")
    x = layers.Reshape((60, 20, 1))(log_mel)
    x = layers.AveragePooling2D((2, 1))(x)
    x = layers.Conv2D(
        1, kernel, strides=stride, dilation_rate=dilation, padding=padding, kernel_initializer="ones", name="conv"
    )(x)
    network = keras.Model(log_mel, x)
    field = receptive_fields(network)["conv"]
    pulses = np.eye(1200, dtype=np.float32).reshape(1200, 60, 20)  # one cell of the input each
    is_heard = network.predict_on_batch(pulses)[..., 0] != 0
    for place in (4, 5):
        frames, bands = np.divmod(np.flatnonzero(is_heard[:, place, place]), 20)
        assert field.bands_at(place, 20) == (bands.min(), bands.max())
        assert field.frames.at(place) == (frames.min(), frames.max())


def test_a_layer_that_is_not_known_is_refused() -> None:
    log_mel = layers.Input((30, 20))
    network = keras.Model(log_mel, layers.LSTM(3, name="memory")(log_mel))
    with pytest.raises(TrainingError, match="layer memory: what a LSTM hears is not known"):
        receptive_fields(network)
