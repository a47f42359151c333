"""A run's outcome, read back from its folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras

import model.network  # noqa: F401 (Keras finds our layers by their registered names)
from model.contract import WindowLayout
from model.features import SignalChain
from training.errors import TrainingError
from training.feature_set import chain_from_dict
from training.train import read_history


@dataclass(frozen=True)
class Trained:
    """A finished run: its best network and what is to be known of it."""

    network: keras.Model
    genres: tuple[str, ...]
    chain: SignalChain
    windows: WindowLayout
    provenance: Mapping[str, Any]


def load_trained(run: Path, split_how: str) -> Trained:
    """A finished (or interrupted) run's best network. Raises TrainingError when there is none."""
    try:
        record = json.loads((run / "run.json").read_text(encoding="utf-8"))
        network = keras.models.load_model(run / "best.keras", compile=False)
    except (OSError, ValueError) as error:
        raise TrainingError(
            f"{run} holds no trained network: run `python -m training train` first ({error})"
        ) from error
    history = read_history(run)
    best = min(history, key=lambda row: float(row["val_loss"]))
    provenance = {
        "split": split_how,
        "options": record["options"] | {"init": Path(record["options"]["init"]).name, "architecture": network.name},
        "train_songs": record["train_songs"],
        "valid_songs": len(record["valid_songs"]),
        "epochs_run": len(history),
        "best_epoch": int(best["epoch"]) + 1,
        "backend": record["versions"]["backend"],
    }
    chain = chain_from_dict(record["chain"])
    return Trained(network, tuple(record["genres"]), chain, WindowLayout(), provenance)
