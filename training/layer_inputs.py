"""How the layers of a network hang together."""

from __future__ import annotations

from typing import Any


def inputs_of(layer: Any) -> list[Any]:
    """The layers whose outputs a layer takes, in its order: Keras gives a single one's tensor as such."""
    given = layer.input if isinstance(layer.input, list) else [layer.input]
    return [tensor._keras_history.operation for tensor in given]
