"""training/changes.py: songs joined in their middles, and how soon the seconds follow."""

from __future__ import annotations

from collections import defaultdict
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from model.contract import Contract, load_contract
from model.features import Float32
from tests.support import REPOSITORY
from tests.training.support import toy_set
from training.changes import JointHeard, as_json, as_lines, found_after_s, joints, measure_changes
from training.errors import TrainingError

JAZZ, ROCK = 0, 1


def heard(tops: str, change_s: float) -> JointHeard:
    return JointHeard(np.array(["jrx".index(top) for top in tops]), (JAZZ, ROCK), change_s, 1.0)


@pytest.mark.parametrize(
    ("tops", "start_s", "end_s", "expected"),
    [
        ("jjrrrr", 2.0, 6.0, 0.0),
        ("jjrrrr", 2.5, 6.0, 0.0),  # the row that the change lies in
        ("jjjjrr", 2.5, 6.0, 1.5),
        ("jjrjrr", 2.0, 6.0, 2.0),  # a second that does not last is no finding
        ("jjjjrr", 2.0, 4.0, None),
        ("jjjj", 2.0, 4.0, None),
    ],
)
def test_a_genre_is_found_where_it_comes_to_stay(
    tops: str, start_s: float, end_s: float, expected: float | None
) -> None:
    assert found_after_s(heard(tops, 0).tops, ROCK, start_s, end_s, 1.0) == expected


def test_a_joint_is_the_first_half_of_one_song_and_the_second_of_one_of_another_genre(tmp_path: Path) -> None:
    songs = toy_set(tmp_path, n_songs=2)
    by_genre = defaultdict(list)
    for track in songs.tracks:
        by_genre[track.genre].append(songs.log_mel_of(track))
    for joint in islice(joints(songs), 20):
        before, after = joint.genres
        assert before != after
        assert joint.n_before == 100
        assert any(np.array_equal(joint.log_mel[:100], song[:100]) for song in by_genre[before])
        assert any(np.array_equal(joint.log_mel[100:], song[100:]) for song in by_genre[after])


def test_all_songs_take_part_and_the_same_seed_makes_the_same_joints(tmp_path: Path) -> None:
    songs = toy_set(tmp_path, n_songs=4)
    first, again, other = (list(joints(songs, 12, seed)) for seed in (1, 1, 2))
    assert len({joint.log_mel[:100].tobytes() for joint in first}) == 12
    assert all(np.array_equal(a.log_mel, b.log_mel) for a, b in zip(first, again, strict=True))
    assert not all(np.array_equal(a.log_mel, b.log_mel) for a, b in zip(first, other, strict=True))


def test_songs_of_one_genre_have_no_changes(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="songs of two genres"):
        next(joints(toy_set(tmp_path, n_songs=4, genres=("drone",))))


def test_seconds_count_by_their_distance_from_the_change() -> None:
    figures = as_json([heard("jjjjjjjrxxjrrrrr", 8.0)], n_songs=2)
    # Before: seconds 5, 6 and 7; after: 8, 9 and 10; all others are further away.
    assert figures["seconds_right"] == {"before": pytest.approx(2 / 3), "after": 0, "further_away": 1}
    assert (figures["n_findable"], figures["found_after_s_median"], figures["found_within_goal"]) == (1, 3, 1)


def test_halves_that_are_heard_as_one_genre_have_no_change_to_find() -> None:
    figures = as_json([heard("jjjjjjjjjjjjrjjj", 8.0), heard("xxxxxxxxxxxxrrrr", 8.0)], n_songs=2)
    assert (figures["n_findable"], figures["found_within_goal"], figures["found_after_s_median"]) == (1, 0, 4)


def test_a_change_that_is_never_shown_is_no_short_wait() -> None:
    figures = as_json([heard("jjjjjjjjjjjrxrjx", 8.0)], n_songs=2)
    assert (figures["n_findable"], figures["found_within_goal"], figures["found_after_s_median"]) == (1, 0, None)
    assert as_lines(figures)[-1].endswith("half of them never")


def test_a_network_that_hears_frame_by_frame_is_right_away_from_the_change_and_sees_it_in_time(tmp_path: Path) -> None:
    """The toy songs' genre is where their band is: so is this network's answer, and rows blur by half their context."""
    songs = toy_set(tmp_path, n_songs=4, genres=("classical", "jazz", "rock"))
    contract: Contract = load_contract(REPOSITORY / "model")

    def network(windows: Float32) -> Float32:
        steps = windows.reshape(len(windows), contract.windows.window_steps, -1, windows.shape[-1]).mean(axis=2)
        logits = np.full((*steps.shape[:2], len(contract.genres)), -100, np.float32)
        for number, genre in enumerate(songs.genres):
            band = steps[:, :, 20 + 30 * number : 40 + 30 * number]
            logits[:, :, contract.genres.index(genre)] = band.mean(axis=2)
        return logits

    figures = measure_changes(songs, network, contract, n=6)
    assert figures["seconds_right"]["further_away"] == 1
    assert figures["seconds_right"]["before"] > 0.6
    assert figures["found_within_goal"] == 1
    assert (figures["n_songs"], figures["n_joints"], figures["n_findable"]) == (12, 6, 6)


def test_a_genre_that_was_not_taught_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="not taught drone"):
        measure_changes(toy_set(tmp_path, n_songs=2), lambda windows: windows, load_contract(REPOSITORY / "model"))
