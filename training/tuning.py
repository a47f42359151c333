"""What of a network learns, how fast, and which of its weights are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
from keras import ops

from training.options import TrainingOptions
from training.squeeze import over_the_window


def adjusted(network: keras.Model, options: TrainingOptions) -> keras.Model:
    """The network as the options say about the squeezes, the level, the norms, and layers that do not learn at all."""
    if options.window_squeeze:
        network = _squeezing_windows(network)
    network.get_layer("relative_level").jitter_db *= options.level_jitter
    rates = _layer_rates(network, options.first_layer_rate)
    for layer in network.layers:
        if options.norms_learn and isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = True
        if rates.get(layer.name) == 0:
            layer.trainable = False
    return network


def _squeezing_windows(network: keras.Model) -> keras.Model:
    """The same network with the gains of the whole window. One that starts from it squeezes locally again."""
    clone = keras.models.clone_model(network, clone_function=over_the_window)
    clone.set_weights(network.get_weights())
    return clone


def make_optimizer(network: keras.Model, rate: Any, options: TrainingOptions) -> keras.Optimizer:
    """AdamW at the learning rate of the last layer: a number or, for a share of the updates, OneCycle."""
    chosen: dict[str, Any] = {"weight_decay": options.weight_decay, "clipnorm": 1.0}
    if options.ema_momentum:
        chosen |= {"use_ema": True, "ema_momentum": options.ema_momentum}
    if options.first_layer_rate == 1 and not options.head_first_share:
        return keras.optimizers.AdamW(rate, **chosen)
    rates = _layer_rates(network, options.first_layer_rate)
    by_path = {weight.path: layer.name for layer in network.layers for weight in layer.weights}
    names = [by_path[weight.path] for weight in network.trainable_variables]
    release = None
    if options.head_first_share:
        n_head_first = round(options.head_first_share * rate.n_updates)
        release = (n_head_first, n_head_first + rate.n_climbing)
    last = list(rates)[-1]
    releases = [None if name == last else release for name in names]
    return LayerwiseAdamW([rates[name] for name in names], releases, rate, **chosen)


def compile_once(network: keras.Model, optimizer: keras.Optimizer, targets: Any, **options: Any) -> None:
    """network.compile with the variables of the optimizer, the losses and the metrics.

    Keras on TensorFlow makes them in the first update otherwise, and traces it twice. `targets`: a batch's (one array,
    or a tuple of as many as outputs), whose numbers do not matter.
    """
    optimizer.build(network.trainable_variables)
    network.compile(optimizer, **options)
    outputs = [ops.zeros((1, *output.shape[1:])) for output in network.outputs]
    found = outputs if isinstance(targets, tuple) else outputs[0]
    network.compute_loss(y=targets, y_pred=found)
    network.compute_metrics(None, targets, found)
    network.reset_metrics()


def _layer_rates(network: keras.Model, first: float) -> dict[str, float]:
    """Each layer's share of the learning rate: evenly in its logarithm from `first` to 1 for the last; 0: only that.

    Howard & Ruder, "Universal language model fine-tuning for text classification", 2018.
    """
    names = [layer.name for layer in network.layers if layer.weights]
    return {name: first ** (1 - i / (len(names) - 1)) for i, name in enumerate(names)}


class LayerwiseAdamW(keras.optimizers.AdamW):  # type: ignore[misc]
    """AdamW whose steps (not its decay) are scaled by a share for each weight that learns, in the network's order.

    Of a weight that is released from one update to another the share grows in between from nothing. Its moments are
    followed before, or its first step would be too long.
    """

    def __init__(
        self, shares: Sequence[float], releases: Sequence[tuple[int, int] | None], *arguments: Any, **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self._shares, self._releases = shares, releases

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Called by Keras."""
        index = self._get_variable_index(variable)
        share, release = self._shares[index], self._releases[index]
        if release:
            since = ops.cast(self.iterations - release[0] + 1, "float32")
            share *= ops.clip(since / max(1, release[1] - release[0]), 0.0, 1.0)
        super().update_step(gradient, variable, learning_rate * share)


class AveragedWeights(keras.callbacks.SwapEMAWeights):  # type: ignore[misc]
    """The moving average in the weights' place between epochs, where they are validated and kept. Comes first."""

    def __init__(self) -> None:
        super().__init__(swap_on_epoch=True)

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Called by Keras, which does not know that a run that goes on was cut short between epochs."""
        self._ema_weights_in_model = epoch > 0
        super().on_epoch_begin(epoch, logs)
