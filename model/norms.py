"""Batch normalisation as all our networks have it."""

from __future__ import annotations

from typing import Any

from keras import layers

BN_MOMENTUM = 0.95  # a small set makes few updates: the running statistics must keep up with them


def batch_norm(x: Any, name: str, momentum: float = BN_MOMENTUM) -> Any:
    """x normalised by channel (Ioffe & Szegedy, 2015), with Keras' own epsilon of 1e-3."""
    return layers.BatchNormalization(momentum=momentum, name=name)(x)
