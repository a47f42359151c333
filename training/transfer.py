"""How many songs a genre needs, and what given weights are worth then: a new last layer, fine-tuning, and from scratch.

The training songs are drawn anew for each seed; the songs that they are judged on are always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.head import Embeddings
from training.options import FINE_TUNING_EPOCHS, SCRATCH_EPOCHS, TrainingOptions, start_options
from training.results import keep_row, results_row
from training.split import Split, part_of_set
from training.train import train

TABLE, PART = "transfer", "valid"


@dataclass(frozen=True)
class Way:
    """How the songs are learned. `name` is its runs', `words` its rows'."""

    name: str
    words: str
    starts_from_weights: bool
    epochs: int
    chunk_s: int = 0


WAYS = (
    Way("layer", "a new last layer on given weights", True, 0),
    Way("layer-3s", "the same, fitted to chunks of 3 s", True, 0, chunk_s=3),
    Way("tuned", "given weights, fine-tuned", True, FINE_TUNING_EPOCHS),
    Way("scratch", "from scratch", False, SCRATCH_EPOCHS),
)


def few_songs(songs: FeatureSet, n_songs: int, seed: int) -> FeatureSet:
    """n_songs of each genre, drawn by the seed: those of fewer are among those of more.

    Raises TrainingError where a genre has not so many.
    """
    rng = np.random.default_rng(seed)
    drawn: set[str] = set()
    for genre in songs.genres:
        names = sorted(track.name for track in songs.tracks if track.genre == genre)
        if len(names) < n_songs:
            raise TrainingError(f"--sizes {n_songs}: of {genre} there are {len(names)} songs to learn from")
        drawn.update(names[place] for place in rng.permutation(len(names))[:n_songs])
    return songs.only(track for track in songs.tracks if track.name in drawn)


def row_name(way: Way, n_songs: int) -> str:
    """As the table calls it."""
    return f"{n_songs} songs a genre: {way.words}"


def transfer(
    songs: FeatureSet,
    split: Split,
    how: str,
    init: Path,
    sizes: Sequence[int],
    seeds: Sequence[int],
    runs: Path,
    evidence: Path,
    say: Callable[[str], None],
    ways: Sequence[Way] = WAYS,
) -> None:
    """A row for each number of songs and way. What has been trained is found again: run again to go on.

    Raises TrainingError for more songs than there are, and as `train` does.
    """
    learn, judge = part_of_set(songs, split, "train"), part_of_set(songs, split, PART)
    drawn = {
        (n, seed): few_songs(learn, n, seed) for n in sizes for seed in seeds
    }  # refused before anything is trained
    known: dict[int, Embeddings] = {way.chunk_s: {} for way in ways}  # by given weights, of whatever number of songs
    for n in sizes:
        for way in ways:
            folders = []
            for seed in seeds:
                folder = runs / f"{way.name}-{n}-{seed}"
                options = _options(way, init, seed)
                train(drawn[n, seed], judge, folder, options, how, has_curve=False, known=known[way.chunk_s])
                folders.append(folder)
            row = results_row(row_name(way, n), folders, songs, split, how, PART)
            keep_row({**row, "songs_a_genre": n, "way": way.name}, evidence, TABLE, _place)
            say(f"{row['name']}: " + ", ".join(f"{accuracy:.3f}" for accuracy in row["clip_accuracy"]))


def _options(way: Way, init: Path, seed: int) -> TrainingOptions:
    start = str(init) if way.starts_from_weights else "scratch"
    return replace(start_options(start, "cnn"), epochs=way.epochs, chunk_s=way.chunk_s, seed=seed)


def _place(row: Mapping[str, Any]) -> tuple[int, int]:
    """By the number of songs, in the ways' order."""
    return row["songs_a_genre"], [way.name for way in WAYS].index(row["way"])
