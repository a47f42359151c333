"""training/genre_thresholds.py: where a genre begins to be heard, and what few songs may not decide."""

from __future__ import annotations

import numpy as np
import pytest

from model.contract import SIGMOID, RowRule
from training.calibrate import fit_temperatures
from training.feature_set import Track
from training.genre_thresholds import best_threshold, fit_genre_thresholds, thresholds_of
from training.score import SongLogits, binary_cross_entropy


def song(logits: list[list[float]], targets: list[float]) -> SongLogits:
    return SongLogits(Track("song", "a", 0, 1), np.array(logits, np.float32), 0, np.array(targets, np.float32))


def test_the_threshold_of_the_greatest_f1_lies_between_heard_and_unheard() -> None:
    targets, probabilities = np.array([1, 1, 0, 1, 0, 0]), np.array([0.9, 0.8, 0.7, 0.6, 0.2, 0.1])
    assert best_threshold(targets, probabilities, np.ones(6)) == pytest.approx(0.4)
    late = np.array([1, 1, 1, 4, 1, 1])  # the song at 0.6 counts four times
    assert best_threshold(1 - targets, probabilities, late) == pytest.approx(0.05)
    assert best_threshold(np.zeros(6), probabilities, np.ones(6)) == 0.5


def test_a_genre_of_few_songs_takes_the_threshold_of_all() -> None:
    targets = np.zeros((20, 2))
    targets[:8, 0], targets[0, 1] = 1, 1
    probabilities = np.tile([0.4, 0.2], (20, 1))
    probabilities[:8, 0], probabilities[0, 1] = 0.8, 0.3  # of the second alone the threshold would be 0.25
    found = thresholds_of(targets, probabilities, np.ones(20), targets.sum(axis=0))
    assert found == pytest.approx((0.6, 0.6))


def test_a_genre_that_cannot_be_told_is_not_heard_everywhere() -> None:
    targets = np.tile([[1.0], [0.0], [0.0], [0.0]], (10, 1))
    probabilities = np.random.default_rng(0).uniform(0.2, 0.22, (40, 1))
    (threshold,) = thresholds_of(targets, probabilities, np.ones(40), targets.sum(axis=0))
    assert threshold == 0.25  # its share of the songs


def test_long_songs_weigh_no_more_than_short_ones() -> None:
    short = [song([[2.0, -2.0]], [1, 0])] * 6
    long = [song([[-1.0, 1.0]] * 100, [0, 1])] * 6
    rule = fit_genre_thresholds([*short, *long], RowRule(activation=SIGMOID))
    assert rule.thresholds == rule.verdict_thresholds
    assert rule.thresholds[0] == pytest.approx((0.8808 + 0.2689) / 2, abs=1e-4)


def test_temperatures_make_probabilities_mean_what_they_say() -> None:
    """The network always says 3 or -3, and is wrong in 3 of 16 answers."""
    logits = [[3.0 if right else -3.0, -3.0] for right in (1, 1, 1, 0)]
    scored = [song([row], [1, 0]) for row in logits] + [song([[-3.0, 3.0]], [0, 1])] * 3 + [song([[3.0, -3.0]], [0, 1])]
    rule = fit_temperatures(scored * 100, RowRule(activation=SIGMOID))
    assert rule.temperature == pytest.approx(3 / np.log(13 / 3), rel=0.01)
    assert rule.verdict_temperature == pytest.approx(rule.temperature, rel=0.01)
    assert rule.is_multi_label


def test_cross_entropy_is_summed_over_the_genres() -> None:
    assert binary_cross_entropy(np.array([[0.5, 0.25]]), np.array([[1, 0]])) == pytest.approx(np.log(2) - np.log(0.75))
