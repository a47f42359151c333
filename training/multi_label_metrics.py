"""What is reported of a classifier that says of each genre whether it is heard, from probabilities and true genres.

Conventions
-----------
- `targets` [songs, genres] are 1 where a song has the genre, else 0; `probabilities` are alike.
- Average precision is the sum of the precisions at each song found, weighted by the recall gained, without
  interpolation; ROC-AUC is how probably a song of a genre has a higher probability than one without it. Both as of
  scikit-learn, with songs that count as often as they were drawn.
- Macro: the mean over the genres that some songs have and some have not. Micro: songs and genres all in one list.
- Intervals: bootstrap over songs (Efron & Tibshirani, 1993), in which a genre that no song drawn has does not count.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from model.features import Array
from training.metrics import ConfidenceBin, in_bins

N_DRAWS = 1000
DRAWS_AT_ONCE = 50
NUMBERS_AT_ONCE = 2**23  # of 8 bytes, a few times over: bounds memory where songs times genres are many

Score = Callable[[Array, Array, Array], Array]  # probabilities [n], targets [n], weights [draws, n] to [draws]


def scorable(targets: Array) -> Array:
    """The genres that some songs have and some have not: bool [genres]."""
    return np.asarray((targets.max(axis=0) > 0) & (targets.min(axis=0) == 0))


def average_precisions(targets: Array, probabilities: Array) -> Array:
    """[genres]; not a number where there is nothing to be found."""
    return _each(average_precision_score, targets, probabilities)


def roc_aucs(targets: Array, probabilities: Array) -> Array:
    """[genres]; not a number where there is nothing to be told apart."""
    return _each(roc_auc_score, targets, probabilities)


def _each(score: Callable[[Array, Array], float], targets: Array, probabilities: Array) -> Array:
    return np.array(
        [
            score(targets[:, genre], probabilities[:, genre]) if possible else np.nan
            for genre, possible in enumerate(scorable(targets))
        ]
    )


def mean_average_precision(targets: Array, probabilities: Array) -> float:
    """Macro."""
    return float(mean_of_known(average_precisions(targets, probabilities)))


def mean_of_known(values: Array) -> Array:
    """Over the last axis, without what is not a number; not a number where nothing is one."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Mean of empty slice")
        return np.asarray(np.nanmean(values, axis=-1))


def f1_scores(targets: Array, heard: Array) -> Array:
    """[genres], of which genres are heard [songs, genres]; 0 where nothing is and nothing is heard."""
    hits = (targets * heard).sum(axis=0)
    return np.asarray(2 * hits / np.maximum(targets.sum(axis=0) + heard.sum(axis=0), 1))


def probability_bins(targets: Array, probabilities: Array) -> list[ConfidenceBin]:
    """All songs' genres in 15 bins of probability: the mean of it, and the share that is so; no empty ones."""
    return in_bins(probabilities.ravel(), targets.ravel())


# --- intervals --------------------------------------------------------------------------------------------------------


def draws_of(n_songs: int, n_columns: int = 1, seed: int = 0) -> Iterator[Array]:
    """How often each song is drawn, [draws, songs], so many at a time that draws * songs * n_columns numbers are few.

    The draws are the same however many come at a time.
    """
    rng = np.random.default_rng(seed)
    at_once = max(1, min(DRAWS_AT_ONCE, NUMBERS_AT_ONCE // (n_songs * n_columns)))
    for first in range(0, N_DRAWS, at_once):
        yield rng.multinomial(n_songs, np.full(n_songs, 1 / n_songs), min(at_once, N_DRAWS - first))


def drawn_genres(score: Score, targets: Array, probabilities: Array) -> Array:
    """Each genre's score in each draw of songs, [draws, genres]."""
    parts = [
        np.stack([score(p, y, weights) for p, y in zip(probabilities.T, targets.T, strict=True)], axis=1)
        for weights in draws_of(len(targets))
    ]
    return np.concatenate(parts)


def drawn_in_one_list(score: Score, targets: Array, probabilities: Array) -> Array:
    """The micro score in each draw of songs, [draws]."""
    n_genres = targets.shape[1]
    flat = probabilities.ravel(), targets.ravel()
    draws = draws_of(len(targets), n_genres)
    return np.concatenate([score(*flat, np.repeat(weights, n_genres, axis=1)) for weights in draws])


def interval(values: Array) -> tuple[float, float]:
    """95 % percentile interval of values [draws], without what is not a number."""
    low, high = np.nanpercentile(values, [2.5, 97.5]) if np.isfinite(values).any() else (np.nan, np.nan)
    return float(low), float(high)


def weighted_average_precision(probabilities: Array, targets: Array, weights: Array) -> Array:
    """[n], [n] and [draws, n] to [draws]; not a number where no song of the genre was drawn."""
    ends, found, missed = _found_downwards(probabilities, targets, weights)
    found, missed = found[:, ends], missed[:, ends]
    gained = np.diff(found, axis=1, prepend=0)
    precision = found / np.maximum(found + missed, 1)
    with np.errstate(invalid="ignore"):
        return np.asarray((gained * precision).sum(axis=1) / found[:, -1])


def weighted_roc_auc(probabilities: Array, targets: Array, weights: Array) -> Array:
    """As weighted_average_precision; also where every song drawn is of the genre."""
    ends, found, missed = _found_downwards(probabilities, targets, weights)
    found, missed = found[:, ends], missed[:, ends]
    gained, wrong = np.diff(found, axis=1, prepend=0), np.diff(missed, axis=1, prepend=0)
    below = missed[:, -1:] - missed + wrong / 2  # songs without the genre that are less probable, half of those equal
    with np.errstate(invalid="ignore"):
        return np.asarray((gained * below).sum(axis=1) / (found[:, -1] * missed[:, -1]))


def _found_downwards(probabilities: Array, targets: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Most probable first: where runs of equals end, and how many songs with and without the genre there are so far."""
    order = np.argsort(-probabilities, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(probabilities[order]) != 0, True))
    drawn, present = weights[:, order], targets[order]
    return ends, np.cumsum(drawn * present, axis=1), np.cumsum(drawn * (1 - present), axis=1)
