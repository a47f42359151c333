"""training/report_map.py: songs of one kind lie together, and what cannot be laid out is no map."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from model.contract import WindowLayout
from tests.training.support import busy_network, part, toy_set
from training.feature_set import Track
from training.report_map import MOST_SONGS, chosen_tracks, lay_out, song_map


def test_what_is_alike_lies_together() -> None:
    kind = np.repeat([0, 1], 20)
    places = lay_out(np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32) + 20 * kind[:, np.newaxis])
    assert (places.min(axis=0), places.max(axis=0)) == (pytest.approx([0, 0]), pytest.approx([1, 1]))
    middles = np.stack([places[kind == number].mean(axis=0) for number in (0, 1)])
    nearest = np.linalg.norm(places[:, np.newaxis] - middles, axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest, kind)


def test_songs_judged_come_before_those_learned_from_where_there_is_no_room_for_all() -> None:
    learned, judged = ([Track(f"{kind}/{n}", "rock", 0, 9) for n in range(MOST_SONGS - 3)] for kind in "lj")
    tracks = chosen_tracks(judged, learned)
    assert [track.name[0] for track in tracks] == ["l"] * 3 + ["j"] * (MOST_SONGS - 3)


@pytest.mark.parametrize("weight", [0.0, np.nan], ids=["all alike", "no number"])
def test_songs_that_a_broken_network_does_not_tell_apart_have_no_map(weight: float, tmp_path: Path) -> None:
    songs, network = toy_set(tmp_path, n_songs=4), busy_network("cnn")
    for layer in network.layers:
        if isinstance(layer, keras.layers.Conv2D):
            layer.set_weights([np.full_like(array, weight) for array in layer.get_weights()])
    assert song_map(network, part(songs, "valid"), part(songs, "train"), WindowLayout()) is None
