"""training/metrics.py against scikit-learn and against cases worked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix as reference_matrix
from sklearn.metrics import precision_recall_fscore_support

from training.metrics import (
    ConfidenceBin,
    bootstrap_interval,
    calibration_error_by_chance,
    confidence_bins,
    confusion_matrix,
    expected_calibration_error,
    genre_scores,
    macro_f1,
    macro_f1_interval,
    wilson_interval,
)


def verdicts(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    genre = rng.integers(0, 5, 200)
    return genre, np.where(rng.random(200) < 0.6, genre, rng.integers(0, 4, 200))


def test_matrix_and_scores_are_scikit_learns() -> None:
    genre, verdict = verdicts()
    matrix = confusion_matrix(genre, verdict, 5)
    np.testing.assert_array_equal(matrix, reference_matrix(genre, verdict, labels=range(5)))
    precision, recall, f1, n = precision_recall_fscore_support(genre, verdict, labels=range(5), zero_division=0)
    scores = genre_scores(matrix)
    np.testing.assert_allclose([score.precision for score in scores], precision)
    np.testing.assert_allclose([score.recall for score in scores], recall)
    np.testing.assert_allclose([score.f1 for score in scores], f1)
    assert [score.n for score in scores] == n.tolist()
    assert macro_f1(scores) == pytest.approx(f1.mean())


def test_a_genre_without_songs_does_not_count_towards_macro_f1() -> None:
    genre = verdict = np.array([0, 0, 1])
    assert macro_f1(genre_scores(confusion_matrix(genre, verdict, 3))) == 1


def test_the_interval_holds_the_truth_about_as_often_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("training.metrics.N_BOOTSTRAP", 1_000)  # of a hundred intervals ten thousand each take long
    rng = np.random.default_rng(1)
    held = 0
    for trial in range(100):
        low, high = bootstrap_interval(rng.random(150) < 0.7, seed=trial)
        held += low <= 0.7 <= high
    assert 88 <= held <= 100


def test_the_interval_of_certainty_is_a_point() -> None:
    assert bootstrap_interval(np.ones(20, bool)) == (1, 1)


def test_calibration_error_of_a_worked_case() -> None:
    # Two songs at confidence 0.9, one of them right; two at 0.6, both right: 0.5 * |0.9 - 0.5| + 0.5 * |0.6 - 1|.
    probabilities = np.array([[0.9, 0.1], [0.9, 0.1], [0.6, 0.4], [0.6, 0.4]])
    assert expected_calibration_error(probabilities, np.array([0, 1, 0, 0])) == pytest.approx(0.4)


def test_perfect_calibration_has_no_error() -> None:
    probabilities = np.tile([0.75, 0.25], (4, 1))
    assert expected_calibration_error(probabilities, np.array([0, 0, 0, 1])) == pytest.approx(0)


def test_bins_hold_every_decision_once_and_certainty_too() -> None:
    probabilities = np.array([[1.0, 0.0], [0.95, 0.05], [0.55, 0.45]])
    bins = confidence_bins(probabilities, np.array([0, 1, 1]))
    assert bins == [ConfidenceBin(0.55, 0.0, 1), ConfidenceBin(0.975, 0.5, 2)]


def test_the_interval_of_a_share_is_wilsons() -> None:
    # Worked by hand for 8 of 10, z = 1.96.
    assert wilson_interval(0.8, 10) == pytest.approx((0.490, 0.943), abs=0.001)
    assert wilson_interval(1.0, 10) == pytest.approx((0.722, 1.0), abs=0.001)


def test_what_chance_makes_of_calibration_is_the_error_of_songs_drawn_at_their_confidence() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.uniform(0.5, 1, 100)
    probabilities = np.stack([confidence, 1 - confidence], axis=1)
    drawn = [expected_calibration_error(probabilities, (rng.random(100) > confidence).astype(int)) for _ in range(400)]
    by_chance = calibration_error_by_chance(confidence_bins(probabilities, np.zeros(100, int)))
    assert by_chance == pytest.approx(np.mean(drawn), abs=0.005)
    assert calibration_error_by_chance([ConfidenceBin(0.8, 0.8, 10**6)]) < 0.001


def test_the_interval_of_macro_f1_holds_it_and_shrinks_with_more_songs() -> None:
    genre = np.repeat([0, 1, 2], 10)
    verdict = np.where(np.arange(30) % 4 == 0, 2, genre)
    value = macro_f1(genre_scores(confusion_matrix(genre, verdict, 4)))
    low, high = macro_f1_interval(genre, verdict, 4)
    assert 0 < low < value < high < 1
    narrow_low, narrow_high = macro_f1_interval(np.tile(genre, 20), np.tile(verdict, 20), 4)
    assert narrow_high - narrow_low < (high - low) / 3
    assert macro_f1_interval(genre, genre, 4) == (1, 1)


def test_intervals_of_shares_stay_within_0_and_1() -> None:
    for n in range(1, 60):
        assert wilson_interval(0, n)[0] == 0
        assert wilson_interval(1, n)[1] == 1
