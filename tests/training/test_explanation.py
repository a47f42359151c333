"""training/explanation.py: the window around a row, and what its cells add to the genre's log-odds."""

from __future__ import annotations

from dataclasses import replace

import keras
import numpy as np
import pytest

from model.contract import Contract, RowRule, load_contract
from tests.support import REPOSITORY
from tests.training.support import busy_network, toy_log_mel
from training.errors import TrainingError
from training.explanation import Asked, Explainer, frames_of_row, levels_of, shares_of_row, steps_of_row, usual_levels

CONTRACT: Contract = load_contract(REPOSITORY / "model")
RULE = RowRule(temperature=0.7)


def test_a_row_lies_in_the_middle_of_its_window_and_away_from_it_at_the_songs_ends() -> None:
    assert [frames_of_row(row, 1000, CONTRACT).start for row in (0, 4, 70, 77)] == [0, 0, 844, 872]
    steps = steps_of_row(70, range(250), CONTRACT)
    assert (len(steps), steps.start - 844 // 4, 844 // 4 + 32 - steps.stop) == (10, 11, 11)
    assert frames_of_row(3, 90, CONTRACT) == range(90)


def test_shares_are_of_the_rows_steps() -> None:
    shares = shares_of_row(70, frames_of_row(70, 1000, CONTRACT), CONTRACT)
    np.testing.assert_allclose(shares, [0] * 11 + [0.1] * 10 + [0] * 11, atol=1e-7)
    assert shares_of_row(9, range(50), CONTRACT).argmax() == 11  # the last step of a song of 50 frames is the nearest


@pytest.fixture(scope="module")
def network() -> keras.Model:
    return busy_network("cnn")


def asked(n: int = 2) -> Asked:
    windows = np.stack([toy_log_mel(genre, seed=5)[:128] for genre in range(n)])
    shares = np.stack([shares_of_row(5, range(128), CONTRACT)] * n)
    return Asked(windows, shares, np.arange(n, dtype=np.int32))


def log_odds(network: keras.Model, windows: np.ndarray, one: Asked, rule: RowRule) -> np.ndarray:
    p = Explainer(network, rule).probabilities(windows, one.shares)[np.arange(len(windows)), one.genres]
    return np.asarray(np.log(p / (1 - p)))


@pytest.mark.parametrize("rule", [RULE, replace(RULE, activation="sigmoid")], ids=["one genre", "several"])
def test_integrated_gradients_add_up_to_what_the_log_odds_differ_by_from_the_usual(
    network: keras.Model, rule: RowRule
) -> None:
    one = asked()
    levels = levels_of(one.windows)
    usual = usual_levels(levels).copy()
    usual[:, 0, 0] = levels.max()  # the level that it is heard at is held: so it has to be somewhere
    held = levels.copy()
    held[:, 0, 0] = levels.max()
    differ = log_odds(network, held, one, rule) - log_odds(network, usual, one, rule)
    found = Explainer(network, rule).integrated(replace(one, windows=held), 64).sum(axis=(1, 2))
    np.testing.assert_allclose(found, differ, rtol=0.1, atol=0.05 * np.abs(differ).max())


def test_a_cell_is_worth_what_a_little_of_it_changes(network: keras.Model) -> None:
    one = asked()
    relevance = Explainer(network, RULE).relevance(one)
    levels = levels_of(one.windows)
    away = levels - usual_levels(levels)
    most = np.unravel_index(np.abs(relevance[0]).argmax(), relevance[0].shape)
    little_db = 0.02 * np.sign(away[0][most])
    changed = one.windows.copy()
    changed[0][most] += little_db
    change = (log_odds(network, changed, one, RULE) - log_odds(network, one.windows, one, RULE))[0]
    assert change == pytest.approx(relevance[0][most] * little_db / away[0][most], rel=0.1)


def test_louder_music_has_the_same_relevance(network: keras.Model) -> None:
    one = asked()
    explainer = Explainer(network, RULE)
    expected = explainer.relevance(one)
    found = explainer.relevance(replace(one, windows=one.windows + 12))
    np.testing.assert_allclose(found, expected, rtol=0, atol=0.02 * np.abs(expected).max())


def test_a_network_without_a_level_is_refused() -> None:
    other = keras.Sequential([keras.layers.Input((128, 128)), keras.layers.Dense(3)])
    with pytest.raises(TrainingError, match="begins with its window's level"):
        Explainer(other, RULE)
