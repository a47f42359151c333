"""Squeeze-and-excitation over a whole window, as in the network that the weights come from."""

from __future__ import annotations

from typing import Any

from keras import layers

from model.network import AROUND


def over_the_window(layer: Any) -> Any:
    """For keras.models.clone_model: the layer again, or the window's mean where it is the mean around each frame."""
    if layer.name.endswith(f"-{AROUND}"):
        return layers.GlobalAveragePooling2D(keepdims=True, name=layer.name)
    return type(layer).from_config(layer.get_config())
