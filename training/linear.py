"""The floor: multinomial logistic regression on pooled features, fitted in one go and kept as a run like others."""

from __future__ import annotations

from pathlib import Path

from model.contract import WindowLayout
from model.network import build_network
from training.feature_set import FeatureSet
from training.head import INVERSE_REGULARISATION, fit_linear_head
from training.run_folder import claim_run, has_ended
from training.train import keep_finished


def train_linear(train_songs: FeatureSet, valid_songs: FeatureSet, run: Path, seed: int, how: str) -> None:
    """Fit into the folder `run`: network.keras, run.json and a history.csv of one row. `how` says how songs were split.

    The fit has one answer: `seed` only names the run. One that has ended is left as it is. Raises TrainingError when
    the folder holds a run with other songs or options.
    """
    options = {"init": "scratch", "model": "linear", "inverse_regularisation": INVERSE_REGULARISATION, "seed": seed}
    claim_run(run, train_songs, valid_songs, options, how)
    if has_ended(run):
        return
    layout = WindowLayout()
    network = build_network("linear", len(train_songs.genres), train_songs.chain.n_mels, layout)
    fit_linear_head(network, train_songs, layout)
    keep_finished(network, train_songs.genres, valid_songs, run)
