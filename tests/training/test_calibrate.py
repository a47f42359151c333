"""training/calibrate.py: how certain songs make a network that is right about all of them, or about most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from model.contract import SIGMOID, RowRule
from model.windows import softmax
from training.calibrate import fit_temperatures
from training.feature_set import Track
from training.score import SongLogits


def heard(genre: int, heard_genre: int, n_genres: int = 2) -> SongLogits:
    """A song of a genre, of which another may be heard: by a logit of 1 and the others' 0, in all of its ten rows."""
    rows = np.zeros((10, n_genres), np.float32)
    rows[:, heard_genre] = 1
    targets = np.eye(n_genres, dtype=np.float32)[genre]
    return SongLogits(Track("song", "rock", 1, 0, ""), rows, genre, targets)


@pytest.mark.parametrize("n", [2, 8, 98])
def test_a_network_that_is_right_about_n_songs_is_right_with_n_plus_1_of_n_plus_2(n: int) -> None:
    rule = fit_temperatures([heard(i % 2, i % 2) for i in range(n)], RowRule())
    for temperature in (rule.temperature, rule.verdict_temperature):
        assert softmax(np.array([1.0, 0.0]), temperature)[0] == pytest.approx((n + 1) / (n + 2), abs=0.001)


def test_of_many_songs_confidence_is_the_share_that_is_right() -> None:
    songs = [heard(0, int(i < 100)) for i in range(500)]
    rule = fit_temperatures(songs, RowRule())
    assert softmax(np.array([1.0, 0.0]), rule.verdict_temperature)[0] == pytest.approx(0.8, abs=0.002)


def test_a_long_mix_is_one_song() -> None:
    right, wrong = heard(0, 0), heard(0, 1)
    mix = replace(wrong, rows=np.repeat(wrong.rows, 100, axis=0))
    assert fit_temperatures([right] * 5 + [mix], RowRule()) == fit_temperatures([right] * 5 + [wrong], RowRule())


def test_of_several_genres_each_is_as_certain_as_its_songs_make_it() -> None:
    """Two genres of 8 songs each: heard with 9 of 10, and of the other 8 with 1 of 10."""
    songs = [heard(i % 2, i % 2) for i in range(16)]
    for song in songs:
        song.rows[:] = np.where(song.targets > 0, 1, -1)
    rule = fit_temperatures(songs, RowRule(activation=SIGMOID))
    assert 1 / (1 + np.exp(-1 / rule.temperature)) == pytest.approx(0.9, abs=0.001)
