"""How good a recipe is on a set of songs, every one of them judged by a network that learned from the others alone.

K-fold cross-validation (Stone, 1974), stratified by genre, all songs of one recording in one fold. Where songs are few
it says more than a part that is kept apart: the figure is of all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.contract import RowRule
from training.calibrate import fit_temperatures
from training.errors import TrainingError
from training.evaluate import Evaluation, summarise
from training.feature_set import FeatureSet
from training.head import Embeddings
from training.metrics import wilson_interval
from training.options import TrainingOptions
from training.run_folder import claim_run
from training.score import SongLogits, in_batches, song_logits
from training.split import (
    Split,
    deal,
    genres_of_one_recording,
    one_recording_warnings,
    part_of_set,
    recordings_by_genre,
    without_test,
)
from training.split_words import fold_name
from training.train import train
from training.trained import load_trained

FEW_SONGS = 20  # of a genre: fewer tell little about it, and a whole network hardly learns from them
WIDE_POINTS = 20  # of the interval


@dataclass(frozen=True)
class CrossValidated:
    """The figures of all songs together, each fold's accuracy, and what to beware of, a sentence each."""

    result: Evaluation
    accuracy_by_fold: list[float]
    warnings: list[str]

    def to_json(self, label: str) -> dict[str, Any]:
        """As evidence for the card; `label` says which songs these are, and which recipe's."""
        return {
            "songs": label,
            **self.result.to_json(),
            "clip_accuracy_by_fold": [round(accuracy, 4) for accuracy in self.accuracy_by_fold],
            "warnings": self.warnings,
        }


def fold_splits(songs: FeatureSet, n_folds: int, seed: int, group_of: Mapping[str, str]) -> list[Split]:
    """A split a fold, which is its validation part. Songs that the set calls test are every split's test part, and none
    of their recordings is in another; what the set calls train and valid is dealt out alike. `group_of`: songs of one
    group, such as an artist's, are in one fold.

    There are fewer folds where a genre has fewer songs: each fold has some of every genre. Raises TrainingError where
    that cannot be.
    """
    if n_folds < 2:
        raise TrainingError(f"--folds {n_folds}: at least 2 are needed, one to learn from and one to judge by")
    test, kept = without_test(songs)
    n_songs = _parts_by_genre(kept)
    alone = sorted(genre for genre in songs.genres if n_songs.get(genre, 0) < 2)
    if alone:
        raise TrainingError(
            f"{', '.join(alone)}: two songs outside the test part, other than those in it, are the least: add songs"
        )
    n = min(n_folds, *n_songs.values())
    folds = [names for names in deal(kept, group_of, {str(fold): 1 / n for fold in range(n)}, seed).values() if names]
    genre_of = {track.name: track.genre for track in kept.tracks}
    for names in folds:
        left = {genre for name, genre in genre_of.items() if name not in set(names)}
        if missing := sorted(set(songs.genres) - left):
            raise TrainingError(f"{', '.join(missing)}: all songs are of one group, and none is left to learn from")
    return [
        {"train": [name for name in genre_of if name not in set(valid)], "valid": valid, "test": test}
        for valid in folds
    ]


def judged(songs: FeatureSet, splits: Sequence[Split]) -> FeatureSet:
    """The songs of all folds."""
    names = {name for split in splits for name in split["valid"]}
    return songs.only(track for track in songs.tracks if track.name in names)


def genres_of_few_songs(songs: FeatureSet) -> dict[str, int]:
    """How many songs, repeats not counted, the genres with few have."""
    return {genre: n for genre, n in sorted(recordings_by_genre(songs).items()) if n < FEW_SONGS}


def _parts_by_genre(songs: FeatureSet) -> dict[str, int]:
    """How many parts a genre can be dealt to."""
    n_songs = Counter(track.genre for track in songs.tracks)
    single = genres_of_one_recording(songs)
    return {genre: n_songs[genre] if genre in single else n for genre, n in recordings_by_genre(songs).items()}


def cross_validate(
    songs: FeatureSet, splits: list[Split], options: TrainingOptions, runs: Path, tell: Callable[[str], None]
) -> CrossValidated:
    """Train a run a fold into `runs`/fold-1 … and judge each fold's songs; `tell` is given a line a fold.

    Runs cut short go on; those that have ended are not trained again. Raises TrainingError as `train` does, and before
    any is trained where `runs` holds those of other songs or options.
    """
    folds = [
        (
            runs / f"fold-{number}",
            (part_of_set(songs, split, "train"), part_of_set(songs, split, "valid")),
            fold_name(number, len(splits)),
        )
        for number, split in enumerate(splits, start=1)
    ]
    for run, parts, how in folds:
        try:
            claim_run(run, *parts, options.as_json(), how)
        except TrainingError as error:
            raise TrainingError(
                f"{runs} is of other songs or options: choose another --runs (make own: RUN=folder) or delete it"
            ) from error
    scored: list[SongLogits] = []
    embeddings: Embeddings = {}
    accuracies = []
    for number, (run, parts, how) in enumerate(folds, start=1):
        train(*parts, run, options, how, has_curve=False, known=embeddings)
        trained = load_trained(run)
        fold = song_logits(parts[1], trained.genres, in_batches(trained.network), trained.windows, RowRule())
        accuracies.append(summarise(fold, trained.genres, fit_temperatures(fold, RowRule())).clip_accuracy)
        scored += fold
        tell(f"fold {number} of {len(splits)}: {accuracies[-1]:.3f} of {len(fold)} songs")
    rule = fit_temperatures(scored, RowRule())
    result = summarise(scored, songs.genres, rule, fitted_on_these=True, chunk_s=options.chunk_s)
    return CrossValidated(result, accuracies, warnings(judged(songs, splits), result, options.init))


def recipe_words(options: TrainingOptions) -> str:
    """What was done in each fold."""
    chunks = f", songs in chunks of {options.chunk_s} s" if options.chunk_s else ""
    if options.init == "scratch":
        return f"{options.model} from scratch, {options.epochs} epochs{chunks}"
    start = Path(options.init).name
    learned = f"{start} fine-tuned, {options.epochs} epochs" if options.epochs else f"a new last layer on {start}"
    return learned + chunks


def warnings(songs: FeatureSet, result: Evaluation, init: str) -> list[str]:
    """What to beware of: where the songs judged are few, or the start may know them."""
    said = one_recording_warnings(songs)
    if init != "scratch" and not init.endswith(".pt"):
        said.append(f"what {Path(init).name} had learned before is not known here: songs that were among it flatter it")
    if few := genres_of_few_songs(songs):
        counts = ", ".join(f"{genre} {n}" for genre, n in few.items())
        said.append(f"fewer than {FEW_SONGS} songs of a genre tell little about it, and here are: {counts}")
    low, high = wilson_interval(result.clip_accuracy, result.n_clips)
    if high - low > WIDE_POINTS / 100:
        said.append(f"the accuracy may be anything from {low:.0%} to {high:.0%}: more songs would tell")
    chance = max(Counter(track.genre for track in songs.tracks).values()) / len(songs.tracks)
    if low <= chance:
        said.append(f"that may be no better than to name the commonest genre always, which is right for {chance:.0%}")
    return said
