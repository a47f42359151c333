"""training/cross_validate.py: every song is judged once, by a network that did not learn it, and thin data is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import REPOSITORY
from tests.training.support import toy_set
from training.cross_validate import (
    CrossValidated,
    cross_validate,
    fold_splits,
    genres_of_few_songs,
    judged,
    recipe_words,
    warnings,
)
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.options import TrainingOptions
from training.run_folder import read_record

HEAD = TrainingOptions(init=str(REPOSITORY / "model"), epochs=0)


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return untold(toy_set(tmp_path_factory.mktemp("folds") / "set", n_songs=4))


def untold(of: FeatureSet, **parts: str) -> FeatureSet:
    """Without the toy set's own parts; a song of `parts` has its own, "/" in its name being "__"."""
    return of.only(replace(track, split=parts.get(track.name.replace("/", "__"), "")) for track in of.tracks)


def names(of: FeatureSet) -> list[str]:
    return [track.name for track in of.tracks]


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def found(songs: FeatureSet, told: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[CrossValidated, Path]:
    runs = tmp_path_factory.mktemp("runs")
    return cross_validate(songs, fold_splits(songs, 2, 0, {}), HEAD, runs, told.append), runs


def test_each_song_is_in_one_fold_and_each_fold_has_all_genres(songs: FeatureSet) -> None:
    splits = fold_splits(songs, 4, 0, {})
    assert sorted(name for split in splits for name in split["valid"]) == sorted(names(songs))
    for split in splits:
        assert sorted(split["train"] + split["valid"]) == sorted(names(songs))
        assert {name.split("/")[0] for name in split["valid"]} == set(songs.genres)
        assert split["test"] == []


def test_there_are_as_many_folds_as_the_smallest_genre_allows(songs: FeatureSet) -> None:
    few = songs.only(track for track in songs.tracks if track.name not in ("hum/0", "hum/1"))
    assert len(fold_splits(few, 5, 0, {})) == 2
    alone = few.only(track for track in few.tracks if track.name != "hum/2")
    with pytest.raises(TrainingError, match=r"^hum: two songs outside the test part"):
        fold_splits(alone, 5, 0, {})


def test_songs_kept_for_the_test_and_their_recordings_are_in_no_fold(songs: FeatureSet) -> None:
    kept = untold(songs, hum__0="test")
    again = kept.only(
        replace(track, recording="hum/0") if track.name in ("hum/0", "hum/3") else track for track in kept.tracks
    )
    for split in fold_splits(again, 2, 0, {}):
        assert split["test"] == ["hum/0"]
        assert sorted(split["train"] + split["valid"]) == sorted(set(names(songs)) - {"hum/0", "hum/3"})


def test_an_artists_songs_are_in_one_fold(songs: FeatureSet) -> None:
    group_of = {"hum/0": "A", "hum/1": "A", "drone/2": "A"}
    for seed in range(10):
        folds = [set(group_of) & set(split["valid"]) for split in fold_splits(songs, 2, seed, group_of)]
        assert sorted(map(len, folds)) == [0, 3]
    with pytest.raises(TrainingError, match=r"^hum: all songs are of one group"):
        fold_splits(songs, 2, 0, {name: "A" for name in names(songs) if name.startswith("hum")})


def test_fewer_groups_than_folds_make_fewer_folds(songs: FeatureSet) -> None:
    group_of = {name: f"artist {name[-1]}" for name in names(songs)}
    two = {name: "artist 1" if name[-1] in "123" else "artist 0" for name in names(songs)}
    assert len(fold_splits(songs, 4, 0, group_of)) == 4
    assert [len(split["valid"]) for split in fold_splits(songs, 4, 0, two)] in ([9, 3], [3, 9])


@pytest.mark.parametrize("n_folds", [1, 0, -1])
def test_one_fold_is_none(songs: FeatureSet, n_folds: int) -> None:
    with pytest.raises(TrainingError, match=rf"^--folds {n_folds}: at least 2 are needed"):
        fold_splits(songs, n_folds, 0, {})


def test_runs_of_other_songs_are_refused_before_any_is_trained(
    songs: FeatureSet, found: tuple[CrossValidated, Path]
) -> None:
    more = songs.only(track for track in songs.tracks if track.name != "hum/0")
    with pytest.raises(TrainingError, match=r"is of other songs or options: choose another --runs"):
        cross_validate(more, fold_splits(more, 2, 0, {}), HEAD, found[1], print)


def test_all_songs_are_judged_by_networks_that_did_not_learn_them(
    songs: FeatureSet, found: tuple[CrossValidated, Path], told: list[str]
) -> None:
    result, runs = found
    assert result.result.n_clips == len(songs.tracks)
    assert result.result.clip_accuracy > 0.8  # drones, hums and whistles
    assert len(result.accuracy_by_fold) == len(told) == 2
    assert told[0].startswith("fold 1 of 2: ")
    records = [read_record(runs / f"fold-{number}") for number in (1, 2)]
    assert sorted(records[0]["valid_songs"] + records[1]["valid_songs"]) == sorted(names(songs))
    for record in records:
        assert not set(record["train_songs"]) & set(record["valid_songs"])


def test_thin_data_is_told(songs: FeatureSet, found: tuple[CrossValidated, Path]) -> None:
    result, _ = found
    assert result.warnings == warnings(songs, result.result, HEAD.init)
    start, few, wide = result.warnings
    assert start.startswith("what model had learned before is not known here")
    assert few == "fewer than 20 songs of a genre tell little about it, and here are: drone 4, hum 4, whistle 4"
    assert wide.startswith("the accuracy may be anything from ")  # of 12 songs, though all are right
    assert warnings(songs, result.result, "scratch") == [few, wide]
    one = songs.only(replace(track, recording="hum/0") if track.genre == "hum" else track for track in songs.tracks)
    assert "all songs of hum are one recording" in warnings(one, result.result, HEAD.init)[0]


def test_repeats_do_not_make_a_genre_of_many_songs(songs: FeatureSet) -> None:
    many = songs.only(replace(track, name=f"{track.name} {i}") for track in songs.tracks for i in range(5))
    assert genres_of_few_songs(many) == {}
    repeats = many.only(
        replace(track, recording=track.name[:6]) if track.genre == "hum" else track for track in many.tracks
    )
    assert genres_of_few_songs(repeats) == {"hum": 4}


def test_what_is_not_judged_does_not_count(songs: FeatureSet) -> None:
    of_test = untold(songs, hum__0="test")
    assert names(judged(of_test, fold_splits(of_test, 2, 0, {}))) == [n for n in names(songs) if n != "hum/0"]


def test_no_better_than_chance_is_told(songs: FeatureSet, found: tuple[CrossValidated, Path]) -> None:
    result = found[0].result
    poor = replace(result, correct=result.correct & False)
    assert warnings(songs, poor, "scratch")[-1].endswith("commonest genre always, which is right for 33%")
    assert "commonest genre" not in " ".join(warnings(songs, result, "scratch"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (HEAD, "a new last layer on model"),
        (replace(HEAD, epochs=3), "model fine-tuned, 3 epochs"),
        (replace(HEAD, chunk_s=3), "a new last layer on model, songs in chunks of 3 s"),
        (TrainingOptions(), "cnn from scratch, 60 epochs"),
    ],
)
def test_what_was_done_is_said_without_folders(options: TrainingOptions, words: str) -> None:
    assert recipe_words(options) == words
