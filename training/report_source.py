"""Whose training a report tells of: the network of a run, or that of a model folder, with what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

from model.contract import Contract, RowRule, WindowLayout
from model.features import SignalChain
from model.predictor import Predictor
from training.calibrate import fit_temperatures
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.genre_thresholds import fit_genre_thresholds
from training.model_network import network_of_model
from training.run_folder import read_history, read_record
from training.score import WindowLogits, in_batches, song_logits
from training.split import Split, hash_names, part_of_set
from training.targets import check_taught
from training.trained import check_songs_of_run, load_trained


@dataclass(frozen=True)
class Source:
    """A network and what is known of it. `network` gives what `evaluate` scores, `keras_network` what songs are to it.

    `history`: one dict an epoch, as of run_folder.read_history; none where no run was given.
    """

    name: str
    genres: tuple[str, ...]
    chain: SignalChain
    windows: WindowLayout
    rule: RowRule
    network: WindowLogits
    keras_network: keras.Model | None
    training: Mapping[str, Any]
    train_songs_sha256: str
    history: tuple[Mapping[str, str], ...] = ()


def open_source(run: Path | None, model_folder: Path | None, songs: FeatureSet, split: Split) -> Source:
    """The network to report of: the model folder's where one is given, with the run's history where that is given.

    Raises TrainingError when neither is, when they do not belong together or not to these songs.
    """
    if model_folder is not None:
        source = _of_model(Predictor(model_folder), None if run is None else run)
    elif run is not None:
        source = _of_run(run, songs, split)
    else:
        raise TrainingError("report of what? Say --run RUN, --model FOLDER, or both")
    if songs.chain != source.chain:
        raise TrainingError(f"the set was made with another signal chain than {source.name} hears with")
    check_taught(songs.genres, source.genres)
    return source


def _of_run(run: Path, songs: FeatureSet, split: Split) -> Source:
    """Its temperatures, and thresholds where songs have several genres, are fitted as `export` fits them."""
    valid_songs = part_of_set(songs, split, "valid")
    check_songs_of_run(run, valid_songs)
    trained = load_trained(run)
    network = in_batches(trained.network)
    rule = RowRule(activation=trained.activation)
    scored = song_logits(valid_songs, trained.genres, network, trained.windows, rule)
    rule = fit_temperatures(scored, rule)
    return Source(
        name=run.name,
        genres=trained.genres,
        chain=trained.chain,
        windows=trained.windows,
        rule=fit_genre_thresholds(scored, rule) if rule.is_multi_label else rule,
        network=network,
        keras_network=trained.network,
        training=trained.provenance,
        train_songs_sha256=hash_names(read_record(run)["train_songs"]),
        history=_epochs(run),
    )


def _of_model(predictor: Predictor, run: Path | None) -> Source:
    contract = predictor.contract
    training = contract.raw.get("training", {})
    learned = str(training.get("train_songs_sha256", ""))
    if run is not None and hash_names(read_record(run)["train_songs"]) != learned:
        raise TrainingError(
            f"{contract.folder} learned from other songs than {run}: say the --run that it was exported from, or leave "
            "--run out"
        )
    return Source(
        name=contract.name,
        genres=contract.genres,
        chain=contract.chain,
        windows=contract.windows,
        rule=contract.rows,
        network=predictor.window_logits,
        keras_network=_keras_network(contract),
        training={**training, "version": contract.version},
        train_songs_sha256=learned,
        history=_epochs(run) if run is not None else (),
    )


def _keras_network(contract: Contract) -> keras.Model | None:
    """None for a model without one, such as was taught in a browser, or with one that Keras here does not read."""
    try:
        return None if contract.head is not None else network_of_model(contract)
    except TrainingError:
        return None


def _epochs(run: Path) -> tuple[Mapping[str, str], ...]:
    """One row an epoch: one that was cut short between writing it down and saving the network was trained again."""
    return tuple({row["epoch"]: row for row in read_history(run)}.values())
