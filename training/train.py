"""Training one network: Adam, a warmed-up cosine, the best epoch by validation loss, resumable."""

from __future__ import annotations

import csv
import json
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import ops

from model.contract import RowRule, WindowLayout
from model.network import build_network
from model.windows import softmax
from training.augment import Augmentation
from training.batches import TrainingBatches
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.head import fit_linear_head
from training.plots import draw_curves
from training.score import negative_log_likelihood, song_logits
from training.teacher import load_teacher_weights, read_torch_weights


@dataclass(frozen=True)
class TrainingOptions:
    """What `train` can be told. `init` is "scratch", a .pt of EfficientAT mn04, or a .keras network to go on from."""

    init: str = "scratch"
    architecture: str = "cnn"
    epochs: int = 60
    batch_size: int = 32
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    label_smoothing: float = 0.1
    patience: int = 15
    seed: int = 0
    augmentation: Augmentation = field(default_factory=Augmentation)


def initial_network(options: TrainingOptions, songs: FeatureSet, layout: WindowLayout) -> keras.Model:
    """The network before its first step.

    Raises TrainingError when `init` does not fit.
    """
    if options.init == "scratch":
        return build_network(options.architecture, len(songs.genres), songs.chain.n_mels, layout)
    path = Path(options.init)
    if not path.is_file():
        raise TrainingError(f"--init {path}: no such file")
    if path.suffix == ".pt":
        network = build_network("mn04", len(songs.genres), songs.chain.n_mels, layout)
        load_teacher_weights(network, read_torch_weights(path), songs.chain)
    else:
        network = _network_for(songs, keras.models.load_model(path, compile=False), layout)
    _keep_batch_norms(network)
    fit_linear_head(network, songs, layout)
    return network


def _network_for(songs: FeatureSet, given: keras.Model, layout: WindowLayout) -> keras.Model:
    """The given network with a last layer for the songs' genres."""
    network = build_network(given.name, len(songs.genres), songs.chain.n_mels, layout)
    for layer, source in zip(network.layers, given.layers, strict=True):
        if layer.name != "logits":
            layer.set_weights(source.get_weights())
    return network


def _keep_batch_norms(network: keras.Model) -> None:
    """Fine-tuning leaves the norms as they are: statistics of two million clips beat those of a few hundred."""
    for layer in network.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.trainable = False


STEPS_HEARD = 8  # about 2.5 s: what one row of the chart hears


def make_loss(label_smoothing: float) -> Any:
    """Cross-entropy of the window's mean logits and, with equal weight, of every 2.5-s part of it.

    The chart shows seconds and the verdict whole songs: the network learns to be right on both.
    """

    def loss(targets: Any, step_logits: Any) -> Any:
        steps, genres = step_logits.shape[1], step_logits.shape[2]
        parts = ops.mean(ops.reshape(step_logits, (-1, steps // STEPS_HEARD, STEPS_HEARD, genres)), axis=2)
        smooth = targets * (1 - label_smoothing) + label_smoothing / genres
        whole = -ops.sum(smooth * ops.log_softmax(ops.mean(step_logits, axis=1)), axis=-1)
        local = -ops.mean(ops.sum(smooth[:, None] * ops.log_softmax(parts), axis=-1), axis=-1)
        return (whole + local) / 2

    return loss


def window_accuracy(targets: Any, step_logits: Any) -> Any:
    """Share of windows whose mean logits point where the (mixed) target does."""
    hit = ops.equal(ops.argmax(targets, axis=-1), ops.argmax(ops.mean(step_logits, axis=1), axis=-1))
    return ops.mean(ops.cast(hit, "float32"))


class Validation(keras.callbacks.Callback):  # type: ignore[misc]
    """After each epoch: whole validation songs, and the best network kept on disk; stops when nothing gets better."""

    def __init__(self, songs: FeatureSet, layout: WindowLayout, run: Path, patience: int) -> None:
        super().__init__()
        self._songs, self._layout, self._run, self._patience = songs, layout, run, patience
        self._losses = [float(row["val_loss"]) for row in read_history(run)]  # of epochs before a resume

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Adds val_loss and val_accuracy to the logs."""
        scored = song_logits(self._songs, self._songs.genres, self.model.predict_on_batch, self._layout, RowRule())
        genre = np.array([song.genre for song in scored])
        probabilities = np.stack([softmax(song.rows).mean(axis=0) for song in scored])
        loss = negative_log_likelihood(probabilities, genre)
        if logs is not None:
            logs.update(val_loss=loss, val_accuracy=float((probabilities.argmax(axis=1) == genre).mean()))
        self._losses = [*self._losses[:epoch], loss]
        best = int(np.argmin(self._losses))
        if best == epoch:
            _save_network(self.model, self._run / "best.keras")
        elif epoch - best >= self._patience:
            self.model.stop_training = True


def _save_network(network: keras.Model, path: Path) -> None:
    fresh = path.with_name(f".fresh-{path.name}")
    network.save(fresh)
    fresh.replace(path)


class EpochNumber(keras.callbacks.Callback):  # type: ignore[misc]
    """Tells the batches which epoch it is, after a resume too."""

    def __init__(self, batches: TrainingBatches) -> None:
        super().__init__()
        self._batches = batches

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:  # noqa: ARG002
        """Called by Keras."""
        self._batches.epoch = epoch


def read_history(run: Path) -> list[dict[str, str]]:
    """One dict an epoch of history.csv; none when there is none yet."""
    path = run / "history.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def train(train_songs: FeatureSet, valid_songs: FeatureSet, run: Path, options: TrainingOptions) -> None:
    """Train into the folder `run`: best.keras, history.csv, curves.png, run.json. A run cut short goes on.

    Raises TrainingError when the folder holds a run with other options.
    """
    layout = WindowLayout()
    _claim_run(run, train_songs, valid_songs, options)
    keras.utils.set_random_seed(options.seed)
    network = initial_network(options, train_songs, layout)
    batches = TrainingBatches(
        train_songs,
        layout,
        options.augmentation,
        batch_size=options.batch_size,
        seed=options.seed,
    )
    n_updates = options.epochs * len(batches)
    rate = keras.optimizers.schedules.CosineDecay(
        options.learning_rate / 20,
        n_updates,
        warmup_target=options.learning_rate,
        warmup_steps=n_updates // 5,
    )
    optimizer = keras.optimizers.AdamW(rate, weight_decay=options.weight_decay, clipnorm=1.0)
    network.compile(optimizer, loss=make_loss(options.label_smoothing), metrics=[window_accuracy])
    network.fit(
        batches,
        epochs=options.epochs,
        verbose="auto",
        callbacks=[
            EpochNumber(batches),
            Validation(valid_songs, layout, run, options.patience),
            keras.callbacks.CSVLogger(str(run / "history.csv"), append=True),
            keras.callbacks.BackupAndRestore(str(run / "checkpoint"), delete_checkpoint=False),
        ],
    )
    draw_curves(read_history(run), run / "curves.png")


def _claim_run(run: Path, train_songs: FeatureSet, valid_songs: FeatureSet, options: TrainingOptions) -> None:
    run.mkdir(parents=True, exist_ok=True)
    record = {
        "options": asdict(options),
        "genres": list(train_songs.genres),
        "chain": asdict(train_songs.chain),
        "train_songs": len(train_songs.tracks),
        "valid_songs": [track.name for track in valid_songs.tracks],
        "versions": {
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
            "python": platform.python_version(),
        },
    }
    path = run / "run.json"
    if path.exists() and json.loads(path.read_text(encoding="utf-8")) != record:
        raise TrainingError(f"{run} holds a run with other data or options: choose another --run or delete it")
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
