"""training/run_folder.py: a run's record says what it was trained with, and is never changed by what is there later."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tests.training.support import part, set_of_several, toy_set
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.run_folder import claim_run, read_record
from training.split import hash_names
from training.trained import check_songs_of_run


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return toy_set(tmp_path_factory.mktemp("run_folder") / "set", n_songs=4)


def claim(run: Path, songs: FeatureSet, others: Path) -> None:
    claim_run(run, part(songs, "train"), part(songs, "valid"), {"others": str(others)}, "given")


def test_which_others_a_run_is_trained_with_is_recorded(songs: FeatureSet, tmp_path: Path) -> None:
    others = toy_set(tmp_path / "others", n_songs=2)
    claim(tmp_path / "run", songs, tmp_path / "others")
    assert read_record(tmp_path / "run")["others_sha256"] == hash_names(track.name for track in others.tracks)
    claim_run(tmp_path / "alone", part(songs, "train"), part(songs, "valid"), {"others": ""}, "given")
    assert read_record(tmp_path / "alone")["others_sha256"] is None


def test_a_run_does_not_go_on_with_other_others(songs: FeatureSet, tmp_path: Path) -> None:
    toy_set(tmp_path / "others", n_songs=2)
    claim(tmp_path / "run", songs, tmp_path / "others")
    claim(tmp_path / "run", songs, tmp_path / "others")
    toy_set(tmp_path / "others", n_songs=3)
    with pytest.raises(TrainingError, match="other songs, options or networks"):
        claim(tmp_path / "run", songs, tmp_path / "others")


def test_a_record_from_before_others_were_recorded_is_left_as_it_is(songs: FeatureSet, tmp_path: Path) -> None:
    toy_set(tmp_path / "others", n_songs=2)
    claim(tmp_path / "run", songs, tmp_path / "others")
    record = read_record(tmp_path / "run")
    del record["others_sha256"]
    (tmp_path / "run/run.json").write_text(json.dumps(record))
    claim(tmp_path / "run", songs, tmp_path / "others")
    assert read_record(tmp_path / "run") == record


def test_a_run_of_several_genres_does_not_go_on_with_other_labels(tmp_path: Path) -> None:
    """Where FMA's tracks.csv was mended and the set prepared again: the songs' names are the same."""
    songs = set_of_several(tmp_path / "several")
    train_songs, valid_songs = part(songs, "train"), part(songs, "valid")
    run, options = tmp_path / "run", {"others": ""}
    claim_run(run, train_songs, valid_songs, options, "given")
    claim_run(run, train_songs, valid_songs, options, "given")
    check_songs_of_run(run, valid_songs)
    for parts in ((relabelled(train_songs), valid_songs), (train_songs, relabelled(valid_songs))):
        with pytest.raises(TrainingError, match="other songs, labels, options or networks"):
            claim_run(run, *parts, options, "given")
    with pytest.raises(TrainingError, match="have other genres than when"):
        check_songs_of_run(run, relabelled(valid_songs))


def relabelled(songs: FeatureSet) -> FeatureSet:
    """With a genre more of the first song, which the set has anyway."""
    first, *rest = songs.tracks
    return songs.only([replace(first, genres=("drone", "whistle")), *rest])


def test_records_of_one_genre_a_song_have_no_labels(songs: FeatureSet, tmp_path: Path) -> None:
    claim_run(tmp_path / "run", part(songs, "train"), part(songs, "valid"), {"others": ""}, "given")
    assert not [key for key in read_record(tmp_path / "run") if "label" in key or key == "activation"]
