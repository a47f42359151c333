"""What of a network learns, how fast, and which of its weights are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras

from training.options import TrainingOptions


def adjust(network: keras.Model, options: TrainingOptions) -> None:
    """Set what the options say about the level, the norms, and layers that do not learn at all."""
    network.get_layer("relative_level").jitter_db *= options.level_jitter
    rates = _layer_rates(network, options.first_layer_rate)
    for layer in network.layers:
        if options.norms_learn and isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = True
        if rates.get(layer.name) == 0:
            layer.trainable = False


def make_optimizer(network: keras.Model, rate: Any, options: TrainingOptions) -> keras.Optimizer:
    """AdamW at the learning rate, a number or a schedule, of the last layer."""
    chosen: dict[str, Any] = {"weight_decay": options.weight_decay, "clipnorm": 1.0}
    if options.ema_momentum:
        chosen |= {"use_ema": True, "ema_momentum": options.ema_momentum}
    if options.first_layer_rate == 1:
        return keras.optimizers.AdamW(rate, **chosen)
    rates = _layer_rates(network, options.first_layer_rate)
    by_path = {weight.path: rates[layer.name] for layer in network.layers for weight in layer.weights}
    return LayerwiseAdamW([by_path[weight.path] for weight in network.trainable_variables], rate, **chosen)


def _layer_rates(network: keras.Model, first: float) -> dict[str, float]:
    """Each layer's share of the learning rate: evenly in its logarithm from `first` to 1 for the last; 0: only that.

    Howard & Ruder, "Universal language model fine-tuning for text classification", 2018.
    """
    names = [layer.name for layer in network.layers if layer.weights]
    return {name: first ** (1 - i / (len(names) - 1)) for i, name in enumerate(names)}


class LayerwiseAdamW(keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW whose steps (not its decay) are scaled by a share for each weight that learns, in the network's order."""

    def __init__(self, shares: Sequence[float], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._shares = shares

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Called by Keras."""
        super().update_step(gradient, variable, learning_rate * self._shares[self._get_variable_index(variable)])


class AveragedWeights(keras.callbacks.SwapEMAWeights):  # type: ignore[misc]
    """The moving average in the weights' place between epochs, where they are validated and kept. Comes first."""

    def __init__(self) -> None:
        super().__init__(swap_on_epoch=True)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Called by Keras, which does not know that a run that goes on was cut short between epochs."""
        self._ema_weights_in_model = epoch > 0
        super().on_epoch_begin(epoch, logs)
