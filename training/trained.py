"""A run's outcome, read back from its folder."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

import model.network  # noqa: F401 (Keras finds our layers by their registered names)
from model.contract import SOFTMAX, WindowLayout
from model.features import SignalChain
from training.errors import TrainingError
from training.feature_set import FeatureSet, chain_from_dict
from training.run_folder import hash_labels, network_of, read_history, read_record, song_names
from training.split import hash_names


@dataclass(frozen=True)
class Trained:
    """A finished run: its network and what is to be known of it."""

    network: keras.Model
    genres: tuple[str, ...]
    chain: SignalChain
    windows: WindowLayout
    provenance: Mapping[str, Any]
    activation: str = SOFTMAX  # of the logits, as of model.contract.RowRule


def load_trained(run: Path) -> Trained:
    """A finished run's network. Raises TrainingError when there is none."""
    record, history = read_record(run), read_history(run)
    try:
        network = keras.models.load_model(network_of(run), compile=False)
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"{run} holds no trained network: run `python -m training train` first, to its end ({error})"
        ) from error
    options = record["options"]
    provenance = {
        "split": record["split"],
        "options": options | _without_folders(options) | {"model": network.name},
        "train_songs": len(record["train_songs"]),
        "train_songs_sha256": hash_names(record["train_songs"]),
        "valid_songs": len(record["valid_songs"]),
        "epochs_run": len(history),
        "backend": record["versions"]["backend"],
        **{key: record[key] for key in ("averaged_sha256",) if key in record},
        **_others(record),
    }
    genres, chain = tuple(record["genres"]), chain_from_dict(record["chain"])
    return Trained(network, genres, chain, WindowLayout(), provenance, record.get("activation", SOFTMAX))


def _others(record: Mapping[str, Any]) -> dict[str, str]:
    """A remark where the record does not tell which recordings of others the run was trained with."""
    if "others_sha256" in record or not record["options"].get("others"):
        return {}
    return {"others_when_trained": "not known; others_sha256 is of the recordings that were there at export"}


def _without_folders(options: Mapping[str, Any]) -> dict[str, Any]:
    """The options that are paths, as names alone: where things lay on one machine is nobody's business."""
    names = ("init", "others", "unlabelled", "taggrams")
    paths = {name: Path(options[name]).name for name in names if options.get(name)}
    return paths | {"teachers": [Path(run).name for run in options.get("teachers", ())]}


def check_songs_of_run(run: Path, valid_songs: FeatureSet) -> None:
    """Raise TrainingError unless these are the songs that the run validated on."""
    record = read_record(run)
    if song_names(valid_songs) != record["valid_songs"]:
        raise TrainingError(
            f"these validation songs are not those of {run}: some may have been trained on. "
            "Use the set and the split that it was trained with, or train again"
        )
    if record.get("valid_labels_sha256", hash_labels(valid_songs)) != hash_labels(valid_songs):
        raise TrainingError(
            f"these validation songs have other genres than when {run} was trained: the set was prepared anew from "
            "other tables. Train again, with another --run"
        )


def check_not_learned(run: Path, songs: Collection[str], advice: str) -> None:
    """Raise TrainingError when the run, or one that it learned from, was trained on some of the songs, by name."""
    for each in runs_behind(run):
        learned = set(songs).intersection(read_record(each)["train_songs"])
        if learned:
            raise TrainingError(f"{each} was trained on {len(learned)} of these {len(songs)} songs: {advice}")


def runs_behind(run: Path) -> list[Path]:
    """The run, and those that it started or learned from: what they know of a song it may have been told.

    What an exported network has learned stands in no run, and is not found.
    """
    options = read_record(run)["options"]
    start = Path(options.get("init", "scratch")).parent
    behind = [*map(Path, options.get("teachers", ())), *([start] if (start / "run.json").is_file() else [])]
    return [run, *(each for one in behind for each in runs_behind(one))]
