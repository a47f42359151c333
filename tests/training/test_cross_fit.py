"""training/cross_fit.py: no song is heard at a temperature that it helped to fit."""

from __future__ import annotations

import numpy as np
import pytest

from model.contract import RowRule
from training.calibrate import fit_temperatures
from training.cross_fit import N_FOLDS, cross_fitted_rules
from training.feature_set import Track
from training.score import SongLogits

RULE = RowRule()


def song(logit: float, genre: int) -> SongLogits:
    """Ten seconds that all say genre 0 with the same logit."""
    return SongLogits(Track("song", "drone", 0, 1), np.tile(np.array([logit, 0.0], np.float32), (10, 1)), genre)


def test_a_song_alone_in_being_wrong_does_not_warn_of_itself() -> None:
    scored = [song(2.0, 0) for _ in range(9)] + [song(2.0, 1)]
    rules = cross_fitted_rules(scored, RULE)
    assert fit_temperatures(scored, RULE).verdict_temperature > 1.2  # with it, one in ten is wrong
    assert rules[-1].verdict_temperature < 1  # the others are all right: be surer
    assert sum(rule.verdict_temperature > 1.2 for rule in rules) == 8  # all but the two of its fold


def test_songs_are_dealt_into_five_folds_of_equal_size() -> None:
    rng = np.random.default_rng(0)
    scored = [song(rng.normal(1, 1), int(rng.random() < 0.3)) for _ in range(20)]
    temperatures = [rule.temperature for rule in cross_fitted_rules(scored, RULE)]
    counts = [temperatures.count(temperature) for temperature in set(temperatures)]
    assert counts == [20 // N_FOLDS] * N_FOLDS


@pytest.mark.parametrize("n_songs", [1, 2, 3])
def test_a_handful_of_songs_is_no_error(n_songs: int) -> None:
    assert len(cross_fitted_rules([song(2.0, 0)] * n_songs, RULE)) == n_songs


def test_a_lone_song_keeps_the_rule() -> None:
    assert cross_fitted_rules([song(2.0, 0)], RULE) == [RULE]
