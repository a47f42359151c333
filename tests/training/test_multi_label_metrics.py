"""training/multi_label_metrics.py against scikit-learn, and on cases whose answer is plain."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from model.features import Array
from training.multi_label_metrics import (
    Score,
    average_precisions,
    drawn_genres,
    drawn_in_one_list,
    f1_scores,
    interval,
    mean_average_precision,
    probability_bins,
    roc_aucs,
    weighted_average_precision,
    weighted_roc_auc,
)

RNG = np.random.default_rng(5)
TARGETS = (RNG.random((60, 3)) < [0.5, 0.2, 0.1]).astype(np.float32)
PROBABILITIES = np.round(np.clip(TARGETS * 0.3 + RNG.random((60, 3)) * 0.7, 0, 1), 1)  # many are equal


@pytest.mark.parametrize(
    ("ours", "theirs"), [(weighted_average_precision, average_precision_score), (weighted_roc_auc, roc_auc_score)]
)
def test_songs_drawn_several_times_count_so(ours: Score, theirs: Callable[..., float]) -> None:
    weights = np.vstack([np.ones(60), RNG.integers(0, 4, (3, 60))])
    for y, p in zip(TARGETS.T, PROBABILITIES.T, strict=True):
        expected = [theirs(y, p, sample_weight=each) for each in weights]
        np.testing.assert_allclose(ours(p, y, weights), expected, atol=1e-12)


def test_a_genre_that_no_song_has_or_all_have_is_no_number() -> None:
    targets = np.array([[1, 1, 0], [0, 1, 0]], np.float32)
    probabilities = np.array([[0.9, 0.2, 0.1], [0.3, 0.4, 0.2]])
    np.testing.assert_array_equal(average_precisions(targets, probabilities), [1, np.nan, np.nan])
    np.testing.assert_array_equal(roc_aucs(targets, probabilities), [1, np.nan, np.nan])
    assert mean_average_precision(targets, probabilities) == 1


def test_intervals_hold_the_figure_and_are_the_same_each_time() -> None:
    drawn = drawn_genres(weighted_average_precision, TARGETS, PROBABILITIES)
    assert drawn.shape == (1000, 3)
    for genre, value in enumerate(average_precisions(TARGETS, PROBABILITIES)):
        low, high = interval(drawn[:, genre])
        assert low < value < high
    again = drawn_genres(weighted_average_precision, TARGETS, PROBABILITIES)
    np.testing.assert_array_equal(drawn, again)
    low, high = interval(drawn_in_one_list(weighted_roc_auc, TARGETS, PROBABILITIES))
    assert low < roc_auc_score(TARGETS, PROBABILITIES, average="micro") < high


def test_what_many_songs_and_genres_ask_for_at_once_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the draws, a thousand of them, stay the same."""
    sizes: list[int] = []

    def score(probabilities: Array, targets: Array, weights: Array) -> Array:
        sizes.append(weights.size)
        return weighted_roc_auc(probabilities, targets, weights)

    whole = drawn_in_one_list(score, TARGETS, PROBABILITIES)
    monkeypatch.setattr("training.multi_label_metrics.NUMBERS_AT_ONCE", 7 * TARGETS.size)
    sizes.clear()
    np.testing.assert_array_equal(drawn_in_one_list(score, TARGETS, PROBABILITIES), whole)
    assert len(whole) == 1000
    assert max(sizes) == 7 * TARGETS.size


def test_f1_is_of_what_is_heard() -> None:
    targets, heard = np.array([[1, 0], [1, 0], [0, 0]]), np.array([[1, 0], [0, 0], [1, 0]])
    np.testing.assert_allclose(f1_scores(targets, heard), [0.5, 0])


def test_bins_tell_probabilities_that_are_too_high() -> None:
    (low, high) = probability_bins(np.array([[0, 1], [0, 0]]), np.array([[0.1, 0.9], [0.1, 0.9]]))
    assert (low.confidence, low.accuracy, low.n) == (pytest.approx(0.1), 0, 2)
    assert (high.confidence, high.accuracy, high.n) == (pytest.approx(0.9), 0.5, 2)
