"""Which genres songs have, as numbers to train on and to score by; and who asks for sets of one genre a song."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from model.contract import Contract
from model.features import Float32
from training.errors import TrainingError
from training.feature_set import FeatureSet

ASKS_FOR_ONE = "knows songs of one genre alone"
KNOW_SEVERAL = "several are known to train, average, export and evaluate alone"


def targets_of(songs: FeatureSet, genres: tuple[str, ...]) -> Float32:
    """float32 [songs, genres]: 1 where a song has the genre, else 0.

    Raises TrainingError for a song of a genre that is not among these.
    """
    check_taught((genre for track in songs.tracks for genre in track.all_genres), genres)
    number_of = {genre: number for number, genre in enumerate(genres)}
    targets = np.zeros((len(songs.tracks), len(genres)), np.float32)
    for row, track in zip(targets, songs.tracks, strict=True):
        row[[number_of[genre] for genre in track.all_genres]] = 1
    return targets


def check_taught(genres: Iterable[str], taught: Sequence[str]) -> None:
    """Raise TrainingError unless the network was taught all of these genres."""
    unknown = sorted(set(genres) - set(taught))
    if unknown:
        raise TrainingError(f"the network was not taught {', '.join(unknown)}; it knows {', '.join(taught)}")


def check_one_genre(songs: FeatureSet, step: str) -> None:
    """Raise TrainingError where songs have several genres; `step` is the command that knows no such set."""
    if songs.is_multi_label:
        raise TrainingError(f"{step} {ASKS_FOR_ONE}, and the songs of this set have several each: {KNOW_SEVERAL}")


def check_names_one_genre(contract: Contract, step: str) -> None:
    """Raise TrainingError where a model may hear several genres at once; `step` is the command that knows none such."""
    if contract.rows.is_multi_label:
        raise TrainingError(f"{step} {ASKS_FOR_ONE}, and this model may hear several at once: {KNOW_SEVERAL}")
