"""Training one network: Adam, a warmed-up cosine, resumable.

The last epoch's network is the run's: the learning rate has come down to nothing by then, and no epoch is chosen on
the songs that the figures are of.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from model.contract import RowRule, WindowLayout
from model.windows import verdict_probabilities
from training.batches import TrainingBatches
from training.calibrate import fit_temperatures
from training.chunks import in_chunks
from training.errors import TrainingError
from training.feature_set import FeatureSet, open_feature_set
from training.head import Embeddings
from training.initial import initial_network
from training.options import TrainingOptions
from training.others import OtherWindows
from training.plots import draw_curves
from training.run_folder import claim_run, has_ended, network_of, read_history, save_network
from training.schedule import EpochNumber, one_cycle
from training.score import in_batches, negative_log_likelihood, song_logits
from training.taught_windows import taught_windows
from training.tuning import AveragedWeights, adjusted, make_optimizer

STEPS_HEARD = 8  # about 2.5 s: what one row of the chart hears


def make_loss(label_smoothing: float, local_share: float) -> Any:
    """Cross-entropy of the window's mean logits and, for `local_share` of the loss, of every 2.5-s part of it.

    The chart shows seconds and the verdict whole songs: the network learns to be right on both.
    """

    def loss(targets: Any, step_logits: Any) -> Any:
        steps, genres = step_logits.shape[1], step_logits.shape[2]
        parts = ops.mean(ops.reshape(step_logits, (-1, steps // STEPS_HEARD, STEPS_HEARD, genres)), axis=2)
        smooth = targets * (1 - label_smoothing) + label_smoothing / genres
        whole = -ops.sum(smooth * ops.log_softmax(ops.mean(step_logits, axis=1)), axis=-1)
        local = -ops.mean(ops.sum(smooth[:, None] * ops.log_softmax(parts), axis=-1), axis=-1)
        return whole * (1 - local_share) + local * local_share

    return loss


def window_accuracy(targets: Any, step_logits: Any) -> Any:
    """Share of windows whose mean logits point where the (mixed) target does; windows of no genre do not count."""
    hit = ops.equal(ops.argmax(targets, axis=-1), ops.argmax(ops.mean(step_logits, axis=1), axis=-1))
    named = ops.max(targets, axis=-1) > ops.min(targets, axis=-1) + 1e-6
    return ops.sum(ops.cast(ops.logical_and(hit, named), "float32")) / ops.sum(ops.cast(named, "float32"))


class Validation(keras.callbacks.Callback):  # type: ignore[misc]
    """Whole validation songs after each epoch: for the curves, and to end a training that has come apart.

    `genres` are the network's, in order: a small validation part may lack some of them. Epochs before the number
    `from_epoch` have no figures.
    """

    def __init__(self, songs: FeatureSet, genres: tuple[str, ...], layout: WindowLayout, from_epoch: int = 0) -> None:
        super().__init__()
        self._songs, self._genres, self._layout, self._from_epoch = songs, genres, layout, from_epoch

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Adds val_loss and val_accuracy to the logs. Raises TrainingError when the loss is no number any more."""
        if epoch < self._from_epoch:
            (logs if logs is not None else {}).update(val_loss=math.nan, val_accuracy=math.nan)
            return
        scored = song_logits(self._songs, self._genres, in_batches(self.model), self._layout, RowRule())
        genre = np.array([song.genre for song in scored])
        rule = fit_temperatures(scored, RowRule())  # as it will be shipped
        probabilities = np.stack([verdict_probabilities(song.rows, rule) for song in scored])
        loss = negative_log_likelihood(probabilities, genre)
        if logs is not None:
            logs.update(val_loss=loss, val_accuracy=float((probabilities.argmax(axis=1) == genre).mean()))
        if not np.isfinite(loss):
            raise TrainingError(f"epoch {epoch + 1} left the network without numbers: try a smaller --learning-rate")


def keep_finished(network: keras.Model, genres: tuple[str, ...], valid_songs: FeatureSet, run: Path) -> None:
    """Make a network that needs no epochs the run's: network.keras and a history.csv of one row."""
    validation = Validation(valid_songs, genres, WindowLayout())
    validation.set_model(network)
    history: dict[str, float] = {"epoch": 0}
    validation.on_epoch_end(0, history)
    with (run / "history.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(history))
        writer.writeheader()
        writer.writerow(history)
    save_network(network, network_of(run))


def train(
    train_songs: FeatureSet,
    valid_songs: FeatureSet,
    run: Path,
    options: TrainingOptions,
    how: str,
    *,
    has_curve: bool = True,
    known: Embeddings | None = None,
) -> None:
    """Train into the folder `run`: network.keras, history.csv, curves.png, run.json. `how` says how songs were split.

    Without a curve the validation songs are heard after the last epoch alone, which saves a quarter of the time. With
    no epochs the given weights stay as they are, under a last layer of logistic regression. `known`: as
    of initial_network, for several runs from the same weights.

    A run cut short goes on; one that has ended is left as it is. Raises TrainingError when the folder holds a run
    with other songs or options, and when the training comes apart.
    """
    layout = WindowLayout()
    claim_run(run, train_songs, valid_songs, options.as_json(), how)
    if has_ended(run):
        return
    keras.utils.set_random_seed(options.seed)
    network = adjusted(
        initial_network(options.init, options.model, train_songs, layout, known, options.chunk_s), options
    )
    if not options.epochs:  # the first head is the last one
        keep_finished(network, train_songs.genres, valid_songs, run)
        return
    batches = _batches(train_songs, layout, options)
    rate = one_cycle(options.learning_rate, options.epochs * len(batches))
    loss = make_loss(options.label_smoothing, options.local_share)
    network.compile(make_optimizer(network, rate, options), loss=loss, metrics=[window_accuracy])
    network.fit(
        batches,
        epochs=options.epochs,
        verbose="auto",
        callbacks=[
            *([AveragedWeights()] if options.ema_momentum else []),
            EpochNumber(batches),
            Validation(valid_songs, train_songs.genres, layout, 0 if has_curve else options.epochs - 1),
            keras.callbacks.CSVLogger(str(run / "history.csv"), append=True),
            keras.callbacks.BackupAndRestore(str(run / "checkpoint"), delete_checkpoint=False),
        ],
    )
    draw_curves(read_history(run), run / "curves.png")
    save_network(network, network_of(run))


def _batches(songs: FeatureSet, layout: WindowLayout, options: TrainingOptions) -> TrainingBatches:
    others = open_feature_set(Path(options.others)) if options.others else None
    seed = options.seed
    taught = None
    if options.teachers:
        runs = [Path(run) for run in options.teachers]
        taught = taught_windows(Path(options.unlabelled), runs, songs.genres, options.augmentation, layout, seed)
    return TrainingBatches(
        in_chunks(songs, options.chunk_s, layout.window_frames) if options.chunk_s else songs,
        layout,
        options.augmentation,
        OtherWindows(others, songs.chain, layout, seed),
        taught,
        batch_size=options.batch_size,
        others_share=options.others_share,
        seed=seed,
    )
