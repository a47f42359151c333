"""A training run's folder: what it was trained on and how, its history, its best network."""

from __future__ import annotations

import csv
import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import keras
import numpy as np

from training.errors import TrainingError
from training.feature_set import FeatureSet


def claim_run(
    run: Path, train_songs: FeatureSet, valid_songs: FeatureSet, options: Mapping[str, Any], how: str
) -> None:
    """Make the folder a run's own, or find that it is this very run's. `how` says how the songs were split.

    Raises TrainingError when it holds a run with other songs or options.
    """
    record = {
        "options": dict(options),
        "genres": list(train_songs.genres),
        "chain": asdict(train_songs.chain),
        "split": how,
        "train_songs": song_names(train_songs),
        "valid_songs": song_names(valid_songs),
        "versions": versions(),
    }
    refusal = f"{run} holds a run with other songs or options: choose another --run or delete it"
    claim_folder(run, "run.json", record, refusal)


def versions() -> dict[str, str]:
    """What the same run needs to give the same numbers."""
    return {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "python": platform.python_version(),
    }


def claim_folder(folder: Path, record_name: str, record: Mapping[str, Any], refusal: str) -> None:
    """Write down what the folder is for, or find the same already written; makes the folder.

    Raises TrainingError with the sentence `refusal` when it is for something else.
    """
    path = folder / record_name
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fits = not path.exists() or json.loads(path.read_text(encoding="utf-8")) == record
    except (OSError, ValueError) as error:  # a file in the way, or a record that is none
        raise TrainingError(f"{refusal} ({error})") from error
    if not fits:
        raise TrainingError(refusal)
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


def read_losses(run: Path) -> list[float]:
    """The validation loss of each epoch so far."""
    return [float(row["val_loss"]) for row in read_history(run)]


def is_exhausted(losses: Sequence[float], patience: int) -> bool:
    """Whether the last `patience` epochs brought nothing better."""
    return bool(losses) and len(losses) - 1 - int(np.argmin(losses)) >= patience


def save_network(network: keras.Model, path: Path) -> None:
    """Write a .keras file in one step: a good one is never left half overwritten."""
    fresh = path.with_name(f".fresh-{path.name}")
    network.save(fresh)
    fresh.replace(path)
