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

from model.contract import SIGMOID, SOFTMAX, RowRule, WindowLayout
from model.features import Float32
from training.batches import TrainingBatches
from training.calibrate import fit_temperatures
from training.chunks import in_chunks
from training.errors import TrainingError
from training.feature_set import FeatureSet, open_feature_set
from training.head import Embeddings
from training.initial import initial_network
from training.loss import make_loss, make_multi_label_loss, window_accuracy
from training.multi_label_metrics import mean_average_precision
from training.options import TrainingOptions
from training.others import OtherWindows
from training.plots import draw_curves
from training.run_folder import claim_run, has_ended, network_of, read_history, save_network
from training.schedule import EpochNumber, OneCycle
from training.score import (
    SongLogits,
    binary_cross_entropy,
    in_batches,
    negative_log_likelihood,
    song_logits,
    targets_of_scored,
    verdicts_of,
)
from training.tag_answers import answered_targets
from training.targets import targets_of
from training.taught_windows import taught_windows
from training.tuning import AveragedWeights, adjusted, compile_once, make_optimizer


class Validation(keras.callbacks.Callback):  # type: ignore[misc]
    """Whole validation songs after each epoch: for the curves, and to end a training that has come apart.

    `genres` are the network's, in order: a small validation part may lack some of them. Epochs before the number
    `from_epoch` have no figures.
    """

    def __init__(self, songs: FeatureSet, genres: tuple[str, ...], layout: WindowLayout, from_epoch: int = 0) -> None:
        super().__init__()
        self._songs, self._genres, self._layout, self._from_epoch = songs, genres, layout, from_epoch

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Adds val_loss and val_accuracy to the logs, of songs of several genres val_mean_ap in its place.

        Raises TrainingError when the loss is no number any more.
        """
        several = self._songs.is_multi_label
        logs = {} if logs is None else logs
        if epoch < self._from_epoch:
            logs.update(dict.fromkeys(("val_loss", "val_mean_ap" if several else "val_accuracy"), math.nan))
            return
        scored = song_logits(self._songs, self._genres, in_batches(self.model), self._layout, RowRule())
        logs.update(_figures_of_several(scored) if several else _figures(scored))
        if not np.isfinite(logs["val_loss"]):
            raise TrainingError(f"epoch {epoch + 1} left the network without numbers: try a smaller --learning-rate")


def _figures(scored: list[SongLogits]) -> dict[str, float]:
    genre = np.array([song.genre for song in scored])
    rule = fit_temperatures(scored, RowRule())  # as it will be shipped
    probabilities = verdicts_of(scored, rule)
    return {
        "val_loss": negative_log_likelihood(probabilities, genre),
        "val_accuracy": float((probabilities.argmax(axis=1) == genre).mean()),
    }


def _figures_of_several(scored: list[SongLogits]) -> dict[str, float]:
    rule = fit_temperatures(scored, RowRule(activation=SIGMOID))
    targets, probabilities = targets_of_scored(scored), verdicts_of(scored, rule)
    return {
        "val_loss": binary_cross_entropy(probabilities, targets),
        "val_mean_ap": mean_average_precision(targets, probabilities),
    }


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
    targets = _targets_of(train_songs, options)  # before the folder is claimed: what is wrong with them can be mended
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
    batches = _batches(train_songs, targets, layout, options)
    optimizer = make_optimizer(network, OneCycle(options.learning_rate, options.epochs * len(batches)), options)
    compile_once(network, optimizer, ops.zeros((1, len(train_songs.genres))), **_told_by(train_songs, options))
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


def _told_by(songs: FeatureSet, options: TrainingOptions) -> dict[str, Any]:
    """The loss, and what is told beside it: of several genres a mixed window has no right answer to be counted."""
    if songs.is_multi_label:
        shares = targets_of(songs, songs.genres).mean(axis=0)
        return {"loss": make_multi_label_loss(shares, options.label_smoothing, options.local_share)}
    return {"loss": make_loss(options.label_smoothing, options.local_share), "metrics": [window_accuracy]}


def _targets_of(songs: FeatureSet, options: TrainingOptions) -> Float32:
    return answered_targets(Path(options.taggrams), songs) if options.taggrams else targets_of(songs, songs.genres)


def _batches(songs: FeatureSet, targets: Float32, layout: WindowLayout, options: TrainingOptions) -> TrainingBatches:
    others = open_feature_set(Path(options.others)) if options.others else None
    seed = options.seed
    taught = None
    if options.teachers:
        runs = [Path(run) for run in options.teachers]
        pairs, activation = Path(options.unlabelled), SIGMOID if songs.is_multi_label else SOFTMAX
        taught = taught_windows(pairs, runs, songs.genres, options.augmentation, layout, seed, activation)
    heard = in_chunks(songs, options.chunk_s, layout.window_frames) if options.chunk_s else songs
    row_of = {track.name: row for row, track in enumerate(songs.tracks)}
    return TrainingBatches(
        heard,
        targets[[row_of[track.name] for track in heard.tracks]],
        layout,
        options.augmentation,
        OtherWindows(others, songs.chain, layout, seed),
        taught,
        batch_size=options.batch_size,
        others_share=options.others_share,
        seed=seed,
    )
