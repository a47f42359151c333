"""training/split.py: nothing is on two sides, groups stay together, lists find their tracks."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.features import SignalChain
from training.errors import TrainingError
from training.feature_set import FeatureSet, Track
from training.split import (
    PARTS,
    Split,
    genres_of_one_recording,
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


def repeated(of: FeatureSet, *recordings: set[str]) -> FeatureSet:
    """The same songs, of which those named together are one recording."""
    first = {name: min(names) for names in recordings for name in names}
    return of.only(replace(track, recording=first.get(track.name, "")) for track in of.tracks)


def parts_of(split: Split, names: set[str]) -> set[str]:
    return {part for part in PARTS for name in split[part] if name in names}


def test_one_recording_is_in_one_part() -> None:
    names = [track.name for track in songs().tracks]
    recordings = set(names[:3]), set(names[4:6]), {names[7], names[30]}  # the last in both genres
    for seed in range(20):
        split = grouped_split(repeated(songs(), *recordings), {}, SHARES, seed)
        check_partition(split, songs())
        assert [len(parts_of(split, each)) for each in recordings] == [1, 1, 1]


def test_recordings_join_groups_and_groups_recordings() -> None:
    names = [track.name for track in songs().tracks]
    group_of = {names[0]: "A", names[1]: "A", names[2]: "B", names[3]: "B"}
    for seed in range(20):
        split = grouped_split(repeated(songs(), {names[1], names[2]}), group_of, SHARES, seed)
        assert len(parts_of(split, set(names[:4]))) == 1


def test_as_most_projects_split_repeats_lie_anywhere() -> None:
    names = {track.name for track in songs().tracks[:6]}
    split = random_split(repeated(songs(), names), SHARES, seed=0)
    assert split == random_split(songs(), SHARES, seed=0)
    assert len(parts_of(split, names)) > 1


def test_a_genre_of_one_recording_is_split_all_the_same_and_can_be_told() -> None:
    copies = repeated(songs(), {track.name for track in songs().tracks if track.genre == "folk"})
    assert genres_of_one_recording(copies) == ["folk"]
    assert genres_of_one_recording(songs()) == genres_of_one_recording(songs(1)) == []
    split = grouped_split(copies, {}, SHARES, seed=0)
    assert all(any(name.startswith("folk") for name in split[part]) for part in PARTS)


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
