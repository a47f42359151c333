"""training/targets.py and what a feature set keeps of songs with several genres."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.training.support import part, set_of_several, toy_set
from training.errors import TrainingError
from training.feature_set import open_feature_set
from training.targets import check_one_genre, targets_of


def test_targets_follow_the_order_of_the_genres(tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "one", n_songs=1)
    np.testing.assert_array_equal(targets_of(songs, ("whistle", "hum", "drone")), np.eye(3)[::-1])


def test_a_song_of_two_genres_has_two_targets(tmp_path: Path) -> None:
    songs = set_of_several(tmp_path / "several", n_songs=1)
    assert songs.genres == ("drone", "hum", "whistle")
    assert targets_of(songs, songs.genres)[3:].tolist() == [[1, 1, 0], [1, 0, 1], [0, 1, 1]]
    assert part(songs, "valid").is_multi_label


def test_a_genre_that_was_not_taught_is_named(tmp_path: Path) -> None:
    songs = set_of_several(tmp_path / "several", n_songs=1)
    with pytest.raises(TrainingError, match="the network was not taught whistle; it knows drone, hum"):
        targets_of(songs, ("drone", "hum"))


def test_sets_of_one_genre_a_song_are_kept_as_ever(tmp_path: Path) -> None:
    """No word of several genres stands in their table, so that earlier versions read them."""
    songs = toy_set(tmp_path / "set", n_songs=1)
    assert not songs.is_multi_label
    check_one_genre(songs, "results")
    (entry, *_) = json.loads((tmp_path / "set" / "tracks.json").read_text())["tracks"]
    assert list(entry) == ["name", "genre", "first_frame", "n_frames", "split", "fingerprint", "recording"]
    assert open_feature_set(tmp_path / "set").tracks[0].all_genres == ("drone",)
