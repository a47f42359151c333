"""training/listening.py: which songs a folder has, and by which window each moment is heard."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.contract import WindowLayout
from model.windows import join_windows, n_steps, window_starts
from training.errors import TrainingError
from training.listening import find_songs, fingerprint_of_songs, steps_to_watch, watching_layout
from training.receptive_field import Field, Span
from training.watched import Watched


@pytest.mark.parametrize("n_frames", [13, 127, 128, 129, 240, 241, 387, 1000])
def test_each_step_is_heard_in_the_window_that_its_logits_come_from(n_frames: int) -> None:
    layout = WindowLayout()
    owned = steps_to_watch(n_frames, layout)
    n_windows = len(window_starts(n_frames, layout))
    window = np.repeat(np.arange(n_windows), layout.window_steps).reshape(n_windows, -1, 1).astype(np.float32)
    expected = join_windows(window, n_frames, layout)[:, 0].astype(int)
    assert owned.sum() == n_steps(n_frames, layout)
    np.testing.assert_array_equal(np.repeat(np.arange(n_windows), owned.sum(axis=1)), expected)


def reaching(before: int, after: int, *, is_context: bool = False) -> Watched:
    """A convolution whose places, one a step, hear so many frames before and after their first one."""
    field = Field(frames=Span(-before, 4, before + 1 + after), is_context=is_context)
    return Watched("conv", "Conv2D", "conv", 32, 1, 1, False, field)


@pytest.mark.parametrize(
    ("reaches", "stride"),
    [
        ([(3, 3)], 112),  # the contract's own
        ([(41, 41), (3, 3)], 40),
        ([(14, 17)], 96),
        ([(90, 90)], 32),  # no window has all of it
    ],
)
def test_windows_lie_so_close_that_each_place_has_its_whole_field(reaches: list[tuple[int, int]], stride: int) -> None:
    convolutions = [reaching(*reach) for reach in reaches]
    layout = watching_layout(WindowLayout(), [*convolutions, reaching(57, 57, is_context=True)])
    assert layout.window_stride_frames == stride
    owned = steps_to_watch(1000, layout)
    frames = np.flatnonzero(owned[3]) * 4  # of a window in the song's middle
    for before, after in reaches:
        if before < 48:
            assert frames[0] - before >= 0
            assert frames[-1] + after <= 127


def music(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return folder


def test_songs_have_the_genre_of_their_folder_or_none(tmp_path: Path) -> None:
    names = "a.mp3", "blues/b.mp3", "blues/album/c.flac", "blues/album/c.mp3", "jazz/cover.jpg", "jazz/.hidden.mp3"
    songs = find_songs(music(tmp_path, *names))
    found = [(song.name, song.genre) for song in songs]
    assert found == [("a.mp3", None), ("blues/album/c.flac", "blues"), ("blues/b.mp3", "blues")]
    before = fingerprint_of_songs(songs)
    (tmp_path / "a.mp3").write_bytes(b"longer than it was")
    assert fingerprint_of_songs(songs) != before


def test_genres_of_parts_are_found_below_them(tmp_path: Path) -> None:
    songs = find_songs(music(tmp_path, "train/rock/a.mp3", "test/rock/b.mp3"))
    assert [song.genre for song in songs] == ["rock", "rock"]


def test_a_folder_without_songs_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="holds no audio file"):
        find_songs(music(tmp_path, "notes.txt"))
    with pytest.raises(TrainingError, match="is no folder"):
        find_songs(tmp_path / "nowhere")
