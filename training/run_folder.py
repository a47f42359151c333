"""A training run's folder: what it was trained on and how, its history, its network."""

from __future__ import annotations

import csv
import hashlib
import json
import platform
from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras

from model.contract import SIGMOID
from training.errors import TrainingError
from training.feature_set import FeatureSet, open_feature_set
from training.split import hash_names

LABEL_KEYS = ("train_labels_sha256", "valid_labels_sha256")
LATER_KEYS = ("others_sha256", "averaged_sha256", *LABEL_KEYS)  # not in the records of runs that were made before


def claim_run(
    run: Path,
    train_songs: FeatureSet,
    valid_songs: FeatureSet,
    options: Mapping[str, Any],
    how: str,
    made_of: Mapping[str, Any] | None = None,
) -> None:
    """Make the folder a run's own, or find that it is this very run's. `how` says how the songs were split.

    `made_of` is what the record says of a network that comes of other runs; None: of one trained with the options.
    Raises TrainingError when it holds a run with other songs or options.
    """
    record = {
        "options": dict(options),
        "genres": list(train_songs.genres),
        **_labels(train_songs, valid_songs),
        "chain": asdict(train_songs.chain),
        "split": how,
        "train_songs": song_names(train_songs),
        "valid_songs": song_names(valid_songs),
        "versions": versions(),
        **(_hashes_of_files(options) if made_of is None else made_of),
    }
    labels = ", labels" if train_songs.is_multi_label else ""
    refusal = f"{run} holds a run with other songs{labels}, options or networks: choose another --run or delete it"
    claim_folder(run, "run.json", record, refusal, LATER_KEYS)


def _labels(train_songs: FeatureSet, valid_songs: FeatureSet) -> dict[str, str]:
    """That songs have several genres, and which: nothing of it is in their paths, and a mended table changes it."""
    if not train_songs.is_multi_label:
        return {}
    parts = zip(LABEL_KEYS, (train_songs, valid_songs), strict=True)
    return {"activation": SIGMOID, **{key: hash_labels(songs) for key, songs in parts}}


def hash_labels(songs: FeatureSet) -> str:
    """Which songs have which genres, without saying either."""
    return hash_names("\t".join([track.name, *sorted(track.all_genres)]) for track in songs.tracks)


def _hashes_of_files(options: Mapping[str, Any]) -> dict[str, str | None]:
    others, taggrams = options.get("others"), options.get("taggrams")
    hashes = {"others_sha256": hash_names(song_names(open_feature_set(Path(others)))) if others else None}
    if taggrams:
        hashes["taggrams_sha256"] = hashlib.sha256(Path(taggrams).read_bytes()).hexdigest()
    return hashes


def versions() -> dict[str, str]:
    """What the same run needs to give the same numbers."""
    return {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "python": platform.python_version(),
    }


def claim_folder(
    folder: Path, record_name: str, record: Mapping[str, Any], refusal: str, later_keys: Collection[str] = ()
) -> None:
    """Write down what the folder is for, or find the same already written; makes the folder.

    A record found may lack `later_keys`, and is left so: what was true when it was written is not known now.
    Raises TrainingError with the sentence `refusal` when it is for something else.
    """
    path = folder / record_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    except (OSError, ValueError) as error:  # a file in the way, or a record that is none
        raise TrainingError(f"{refusal} ({error})") from error
    if found is not None:
        if found != {key: value for key, value in record.items() if key in found or key not in later_keys}:
            raise TrainingError(refusal)
        return
    fresh = folder / f".fresh-{record_name}"
    fresh.write_text(json.dumps(record, ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(path)


def song_names(songs: FeatureSet) -> list[str]:
    """The names, sorted: the same songs give the same list."""
    return sorted(track.name for track in songs.tracks)


def read_record(run: Path) -> dict[str, Any]:
    """What claim_run wrote. Raises TrainingError when there is none."""
    try:
        return dict(json.loads((run / "run.json").read_text(encoding="utf-8")))
    except (OSError, ValueError) as error:
        raise TrainingError(f"{run} holds no training run: run `python -m training train` first ({error})") from error


def read_history(run: Path) -> list[dict[str, str]]:
    """One dict an epoch of history.csv; none when there is none yet."""
    path = run / "history.csv"
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def network_of(run: Path) -> Path:
    """Where the run's network lies, once it has ended."""
    return run / "network.keras"


def has_ended(run: Path) -> bool:
    """Whether the run has its network: nothing is left to be trained."""
    return network_of(run).is_file()


def save_network(network: keras.Model, path: Path) -> None:
    """Write a .keras file in one step: a good one is never left half overwritten."""
    fresh = path.with_name(f".fresh-{path.name}")
    network.save(fresh)
    fresh.replace(path)
