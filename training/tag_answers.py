"""Another network's answers about the songs to learn from, as softer targets than their labels alone.

The answers are tags' probabilities, such as those that musicnn (Pons & Serra, "musicnn: pre-trained convolutional
neural networks for music audio tagging", 2019) gives to each second. Which genres they speak of is learned from the
other songs: of a song of its own, only the label would come back.
"""

from __future__ import annotations

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from model.features import Array, Float32
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.split import recordings_by_genre
from training.targets import check_one_genre, targets_of

ANSWERED_SHARE = 0.5  # of a target; the label is the rest
N_FOLDS = 5
SMALLEST = 1e-6  # probability: log-odds stay finite


def answered_targets(archive: Path, songs: FeatureSet) -> Float32:
    """[songs, genres]: halfway between each song's label and the genres that its tags speak of.

    `archive`: .npz of `name` [songs] and `taggram` [songs, times, tags], probabilities. Raises TrainingError for what
    is none, lacks a song, or songs that are too few.
    """
    check_one_genre(songs, "train --taggrams")
    tags = _tags_of(archive, [track.name for track in songs.tracks])
    genre, fewest = min(recordings_by_genre(songs).items(), key=lambda item: item[1])
    if fewest < N_FOLDS:
        raise TrainingError(
            f"--taggrams: what tags say is learned from {N_FOLDS} recordings a genre or more, and {genre} has {fewest}"
        )
    labels = targets_of(songs, songs.genres)
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    folds = StratifiedGroupKFold(N_FOLDS, shuffle=True, random_state=0)
    recordings = [track.of_recording for track in songs.tracks]
    told = cross_val_predict(
        classifier, tags, labels.argmax(axis=1), groups=recordings, cv=folds, method="predict_proba"
    )
    return np.asarray((1 - ANSWERED_SHARE) * labels + ANSWERED_SHARE * told, np.float32)


def _tags_of(archive: Path, names: list[str]) -> Array:
    """[songs, tags]: the mean log-odds over the song, in the names' order."""
    try:
        with np.load(archive, allow_pickle=False) as content:
            row_of = {str(name): row for row, name in enumerate(content["name"])}
            taggram = content["taggram"].astype(np.float64)
    except (OSError, ValueError, KeyError, TypeError, BadZipFile) as error:  # TypeError: a single array, no archive
        raise TrainingError(f"--taggrams {archive} is no archive of answers (name, taggram): {error}") from error
    if taggram.ndim != 3 or len(taggram) != len(row_of):
        raise TrainingError(f"--taggrams {archive}: taggram has shape {taggram.shape}, must be [names, times, tags]")
    if not (taggram.min() >= 0 and taggram.max() <= 1):  # nor is NaN
        raise TrainingError(f"--taggrams {archive}: taggram holds what are no probabilities, 0 to 1")
    missing = [name for name in names if name not in row_of]
    if missing:
        raise TrainingError(f"--taggrams {archive} has no answers about {len(missing)} songs, such as {missing[0]}")
    probability = taggram[[row_of[name] for name in names]].clip(SMALLEST, 1 - SMALLEST)
    return np.asarray(np.log(probability / (1 - probability)).mean(axis=1))
