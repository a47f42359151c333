"""Several runs of one recipe, averaged into one network: their mean weights, at the cost of one of them.

Networks that were fine-tuned from the same start lie in one basin, where the mean of the weights is about as good as
the mean of the answers (Wortsman et al., "Model soups", 2022), and luck with a seed evens out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from model.contract import SOFTMAX
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.run_folder import claim_run, has_ended, network_of, read_record
from training.train import keep_finished
from training.trained import load_trained


def average_runs(runs: Sequence[Path], train_songs: FeatureSet, valid_songs: FeatureSet, run: Path, how: str) -> None:
    """Write the folder `run`, as `train` would. One that is finished is left as it is.

    Raises TrainingError when the runs differ in more than their seed or not in it, when one has not ended, or when the
    folder holds another run.
    """
    records = [read_record(each) for each in runs]
    _check_one_recipe(records)
    for each in runs:
        if not has_ended(each):
            raise TrainingError(
                f"{each} has not been trained to its end: run its `python -m training train` again first"
            )
    options = {**records[0]["options"], "averaged": [each.name for each in runs]}
    claim_run(run, train_songs, valid_songs, options, how, _made_of(runs, records))
    if not has_ended(run):
        network = _mean_network([load_trained(each).network for each in runs])
        keep_finished(network, train_songs.genres, valid_songs, run)


def _check_one_recipe(records: Sequence[Mapping[str, Any]]) -> None:
    shared = set.intersection(*map(set, records))  # what was recorded later is compared where all runs have it
    recipes = [
        {key: record[key] for key in shared}
        | {"options": record["options"] | {"seed": None}, "activation": record.get("activation", SOFTMAX)}
        for record in records
    ]
    if any(recipe != recipes[0] for recipe in recipes):
        raise TrainingError(
            "only runs of one recipe on the same songs can be averaged: these differ in more than seeds"
        )
    if len({record["options"]["seed"] for record in records}) < len(records):
        raise TrainingError("two of the runs have the same seed: they would count the same network twice")
    if any(record["options"]["init"] == "scratch" for record in records):
        raise TrainingError("runs from scratch each end somewhere else: only those of the same --init can be averaged")


def _made_of(runs: Sequence[Path], records: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Which networks, by their files' hashes: a run's name stays when it is trained anew."""
    hashes = [hashlib.sha256(network_of(run).read_bytes()).hexdigest() for run in runs]
    is_known = all("others_sha256" in record for record in records)
    return {"averaged_sha256": hashes} | ({"others_sha256": records[0]["others_sha256"]} if is_known else {})


def _mean_network(networks: Sequence[keras.Model]) -> keras.Model:
    weights = zip(*(network.get_weights() for network in networks), strict=True)
    networks[0].set_weights([np.mean(each, axis=0) for each in weights])
    return networks[0]
