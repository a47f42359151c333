"""training/run_folder.py: a run's record says what it was trained with, and is never changed by what is there later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.training.support import part, toy_set
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.run_folder import claim_run, read_record
from training.split import hash_names


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
