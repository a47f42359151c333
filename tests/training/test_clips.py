"""training/clips.py: which songs a folder holds, one file each."""

from __future__ import annotations

from pathlib import Path

import pytest

from training.clips import find_clips
from training.errors import TrainingError


@pytest.fixture
def music(tmp_path: Path) -> Path:
    names = ("folk/a.mp3", "folk/a.flac", "folk/live/a.mp3", "folk/notes.txt", "punk/punk.00001.wav", "stray.mp3")
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_a_song_in_several_formats_is_heard_once_and_lossless(music: Path) -> None:
    found = find_clips(music)
    assert [clip.name for clip in found] == ["folk/a.flac", "folk/live/a.mp3", "punk/punk.00001.wav"]
    assert [clip.genre for clip in found] == ["folk", "folk", "punk"]
    assert found[0].path == music / "folk/a.flac"


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ({"folk/a.mp3"}, ["folk/a.mp3"]),
        ({"folk/a.mp3", "folk/a.flac"}, ["folk/a.flac"]),
        ({"punk.00001"}, ["punk/punk.00001.wav"]),
    ],
)
def test_a_split_names_songs_by_path_or_by_bare_name(music: Path, names: set[str], chosen: list[str]) -> None:
    assert [clip.name for clip in find_clips(music, names)] == chosen


def test_songs_of_train_and_test_folders_are_of_the_genres_in_them(tmp_path: Path) -> None:
    for name in ("train/folk/a.mp3", "train/punk/b.mp3", "test/folk/c.mp3"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [(clip.name, clip.genre) for clip in find_clips(tmp_path)] == [
        ("test/folk/c.mp3", "folk"), ("train/folk/a.mp3", "folk"), ("train/punk/b.mp3", "punk"),
    ]  # fmt: skip
    assert [clip.name for clip in find_clips(tmp_path, {"test/folk/c.mp3"})] == ["test/folk/c.mp3"]


def test_a_folder_without_songs_is_refused(music: Path) -> None:
    with pytest.raises(TrainingError, match="is no folder"):
        find_clips(music / "nowhere")
    with pytest.raises(TrainingError, match="holds no audio file in a subfolder"):
        find_clips(music / "punk")
    with pytest.raises(TrainingError, match="no song of the chosen part"):
        find_clips(music, {"jazz.00001"})
