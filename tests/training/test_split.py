"""training/split.py: nothing is on two sides, groups stay together, lists find their tracks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.features import SignalChain
from training.errors import TrainingError
from training.feature_set import FeatureSet, Track
from training.split import (
    PARTS,
    Split,
    grouped_split,
    random_split,
    read_groups,
    read_split,
    split_from_archive,
    split_from_lists,
    write_split,
)

SHARES = [0.6, 0.2, 0.2]


def songs(n: int = 20) -> FeatureSet:
    tracks = tuple(Track(f"{genre}/{genre}.{i:05}.wav", genre, 0, 1) for genre in ("folk", "punk") for i in range(n))
    return FeatureSet(tracks, np.zeros((1, 128)), SignalChain())


def check_partition(split: Split, of: FeatureSet) -> None:
    names = [name for part in PARTS for name in split[part]]
    assert sorted(names) == sorted(track.name for track in of.tracks)


def test_random_is_stratified_reproducible_and_complete() -> None:
    split = random_split(songs(), SHARES, seed=3)
    check_partition(split, songs())
    assert [len(split[part]) for part in PARTS] == [24, 8, 8]
    assert [sum(name.startswith("folk") for name in split[part]) for part in PARTS] == [12, 4, 4]
    assert split == random_split(songs(), SHARES, seed=3)
    assert split != random_split(songs(), SHARES, seed=4)


def test_an_artists_songs_stay_together() -> None:
    # 14 artists, each with songs of both genres
    group_of = {track.name: f"artist {i % 20 % 14}" for i, track in enumerate(songs().tracks)}
    split = grouped_split(songs(), group_of, SHARES, seed=0)
    check_partition(split, songs())
    parts_of_artist: dict[str, set[str]] = {}
    for part in PARTS:
        for name in split[part]:
            parts_of_artist.setdefault(group_of[name], set()).add(part)
    assert all(len(parts) == 1 for parts in parts_of_artist.values())
    assert all(split[part] for part in PARTS)


def test_lists_match_whatever_the_audio_format_or_folder(tmp_path: Path) -> None:
    (tmp_path / "train.txt").write_text("folk/folk.00001.mp3\npunk.00002.wav\n\n")
    (tmp_path / "valid.txt").write_text("folk/folk.00003.au\npunk/punk.99999.wav\n")
    lists = {"train": tmp_path / "train.txt", "valid": tmp_path / "valid.txt"}
    split, missing = split_from_lists(songs(), lists)
    assert split["train"] == ["folk/folk.00001.wav", "punk/punk.00002.wav"]
    assert split["valid"] == ["folk/folk.00003.wav"]
    assert missing == ["punk/punk.99999.wav"]


def test_a_track_in_two_lists_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("folk/folk.00001.wav")
    with pytest.raises(TrainingError, match="listed for train and for valid"):
        split_from_lists(songs(), {"train": tmp_path / "a.txt", "valid": tmp_path / "a.txt"})


def test_lists_of_other_music_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("jazz/jazz.00001.wav")
    with pytest.raises(TrainingError, match="are the lists those of this music"):
        split_from_lists(songs(), {"train": tmp_path / "a.txt", "valid": tmp_path / "a.txt"})


def test_sturms_index_gives_groups(tmp_path: Path) -> None:
    index = tmp_path / "index.txt"
    index.write_text("folk.00000.wav ::: Joan ::: One\nfolk.00001.wav ::: joan ::: Two\npunk.00000.wav ::: ::: \n")
    groups = read_groups(index, songs())
    assert groups == {"folk/folk.00000.wav": "joan", "folk/folk.00001.wav": "joan"}


@pytest.mark.parametrize("shares", [[0.5, 0.2, 0.2], [1.0, 0.0, 0.0], [0.8, 0.4, -0.2]])
def test_shares_that_make_no_sense_are_refused(shares: list[float]) -> None:
    with pytest.raises(TrainingError, match="must add up to 1"):
        random_split(songs(), shares, seed=0)


def test_too_few_songs_for_a_part_are_said() -> None:
    with pytest.raises(TrainingError, match="too few songs for a valid part"):
        random_split(songs(1), [0.6, 0.2, 0.2], seed=0)


def test_a_set_that_says_no_split_is_refused() -> None:
    with pytest.raises(TrainingError, match="do not say"):
        split_from_archive(songs())


def test_a_split_is_read_back(tmp_path: Path) -> None:
    split = random_split(songs(), SHARES, seed=0)
    write_split(split, tmp_path / "new" / "split.json", "random")
    assert read_split(tmp_path / "new" / "split.json") == ("random", split)


def test_something_else_is_no_split(tmp_path: Path) -> None:
    (tmp_path / "split.json").write_text("[]")
    with pytest.raises(TrainingError, match="is not a split"):
        read_split(tmp_path / "split.json")
