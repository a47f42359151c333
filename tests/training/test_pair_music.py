"""training/pair_music.py on real files and an untaught teacher."""

from __future__ import annotations

import shutil
import wave
from pathlib import Path

import keras
import numpy as np
import pytest

from model.contract import WindowLayout
from tests.support import SONGS
from tests.training.teachers import untaught_state
from training.errors import TrainingError
from training.pair_music import deal_music, find_music, make_pairs
from training.pairs import Pairs
from training.teacher_network import build_teacher

LAYOUT = WindowLayout()


@pytest.fixture(scope="module")
def teacher() -> keras.Model:
    return build_teacher(untaught_state(), LAYOUT)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that stands for the teacher's: only its content's hash is looked at."""
    path = tmp_path_factory.mktemp("weights") / "mn04.pt"
    path.write_bytes(b"weights")
    return path


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    (folder / "an album").mkdir()
    shutil.copy(SONGS / "rock.mp3", folder)
    shutil.copy(SONGS / "formats/mono-32000.flac", folder / "an album")
    click(folder / "an album/click.wav", seconds=10.5, at_s=4.0)
    click(folder / "short.wav", seconds=0.5, at_s=0.1)
    (folder / "notes.txt").write_text("not a song")
    return folder


def click(path: Path, seconds: float, at_s: float) -> None:
    samples = np.zeros(round(22_050 * seconds), "<i2")
    samples[round(22_050 * at_s)] = 30_000
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 22_050, 0, "NONE", ""))
        file.writeframes(samples.tobytes())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pairs are, once `pairs` was asked for."""
    return tmp_path_factory.mktemp("out") / "pairs"


@pytest.fixture(scope="module")
def pairs(music: Path, teacher: keras.Model, weights: Path, made: Path) -> Pairs:
    return make_pairs([music], teacher, weights, made, LAYOUT, seed=1)


def test_every_file_is_used_or_named(music: Path, pairs: Pairs) -> None:
    used = [file.name for file in pairs.files if file.n_windows]
    assert used == [str(music / name) for name in ("an album/click.wav", "an album/mono-32000.flac", "rock.mp3")]
    assert pairs.skipped == {
        str(music / "notes.txt"): "This is not an audio file, or not in a format that can be read here.",
        str(music / "short.wav"): "only 0.50 s long",
    }


def test_a_file_that_can_be_heard_is_held_out(pairs: Pairs) -> None:
    assert [file.n_windows > 0 for file in pairs.files if file.held_out] == [True]


def test_a_click_is_in_the_same_step_of_both(pairs: Pairs) -> None:
    """The first file's windows; the teacher's features around the click differ from those of silence."""
    n_checked = 0
    for window in range(pairs.files[0].n_windows):
        level = pairs.log_mel[window].astype(np.float32).mean(axis=1)
        early = pairs.early[window].astype(np.float32)
        moved = np.abs(early - np.median(early, axis=0)).sum(axis=(1, 2))
        if level.max() - np.median(level) > 20 and 8 < level.argmax() < 120:
            heard_at = np.flatnonzero(moved > 0.5 * moved[8:120].max())
            assert abs(np.median(heard_at[(heard_at >= 8) & (heard_at < 120)]) - level.argmax()) <= 3
            n_checked += 1
    assert n_checked


def test_an_interrupted_cache_becomes_the_same_as_an_uninterrupted_one(
    music: Path, teacher: keras.Model, weights: Path, pairs: Pairs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PulledPlug(Exception):
        pass

    def pull_plug(*_: object) -> None:
        raise PulledPlug

    with monkeypatch.context() as patch:
        patch.setattr("training.pairs.PairWriter.skip", pull_plug)
        with pytest.raises(PulledPlug):
            make_pairs([music], teacher, weights, tmp_path / "pairs", LAYOUT, seed=1)
    again = make_pairs([music], teacher, weights, tmp_path / "pairs", LAYOUT, seed=1)
    assert again.files == pairs.files
    np.testing.assert_array_equal(again.log_mel, pairs.log_mel)
    np.testing.assert_allclose(again.embedding, pairs.embedding, atol=0.01)


@pytest.mark.usefixtures("pairs")
def test_other_music_is_not_mixed_with_what_is_there(
    music: Path, teacher: keras.Model, weights: Path, made: Path, tmp_path: Path
) -> None:
    (tmp_path / "more").mkdir()
    shutil.copy(SONGS / "jazz.mp3", tmp_path / "more")
    before = {path.name: path.stat().st_mtime_ns for path in made.iterdir()}
    with pytest.raises(TrainingError, match="choose another --out or delete it"):
        make_pairs([music, tmp_path / "more"], teacher, weights, made, LAYOUT, seed=1)
    assert {path.name: path.stat().st_mtime_ns for path in made.iterdir()} == before


@pytest.mark.parametrize("kind", ["missing", "file", "empty"])
def test_what_is_no_folder_with_music_is_refused(kind: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    if kind == "file":
        source.write_text("hello")
    elif kind == "empty":
        source.mkdir()
    with pytest.raises(TrainingError, match=r"is not a folder with music|holds no music"):
        find_music([source])


def test_a_file_below_two_folders_is_used_once(music: Path) -> None:
    assert len(find_music([music, music / "an album", music / "."])) == 5


@pytest.mark.parametrize("name", ["rock", "rock/rock.wav", "other folder/Rock.FLAC"])
def test_songs_to_be_left_out_go_by_their_names_in_any_folder_and_format(name: str, music: Path) -> None:
    found = find_music([music], {name, "an album"})
    assert [path.name for path in found] == ["click.wav", "mono-32000.flac", "notes.txt", "short.wav"]


def test_clips_of_gtzan_are_left_out_by_its_names(tmp_path: Path) -> None:
    for name in ("blues.00012.au", "blues.00012.part2.mp3", "blues.00013.au", "12.au"):
        (tmp_path / name).touch()
    found = find_music([tmp_path], {"blues.00012"})
    assert [path.name for path in found] == ["12.au", "blues.00013.au"]
    with pytest.raises(TrainingError, match="all of this music is named like songs of the split"):
        find_music([tmp_path], {"blues/blues.00012.wav", "blues.00013", "12"})


def test_music_too_short_is_said(teacher: keras.Model, weights: Path, tmp_path: Path) -> None:
    (tmp_path / "music").mkdir()
    for name in ("a", "b"):
        click(tmp_path / f"music/{name}.wav", 0.4, 0.1)
    with pytest.raises(TrainingError, match=r"fewer than two files.*a\.wav: only 0\.40 s long"):
        make_pairs([tmp_path / "music"], teacher, weights, tmp_path / "pairs", LAYOUT, seed=0)


def test_pairs_never_lie_within_the_music(music: Path, teacher: keras.Model, weights: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(music, tmp_path / "music")
    with pytest.raises(TrainingError, match="choose another --out"):
        make_pairs([folder], teacher, weights, folder / "runs/pairs", LAYOUT, seed=0)
    assert not (folder / "runs").exists()


def test_a_tenth_is_held_out_and_never_mixed_into_the_rest(tmp_path: Path) -> None:
    paths = [tmp_path / f"{i}.wav" for i in range(30)]
    for path in paths:
        click(path, 1.1, 0.1)
    dealt = deal_music(paths, seed=0)
    held_out = {file.path for file in dealt if file.held_out}
    assert len(held_out) == 3
    assert not held_out & {file.other for file in dealt}
    assert all(file.other not in (None, file.path) for file in dealt if not file.held_out)
    assert {file.path for file in deal_music(paths, seed=1) if file.held_out} != held_out
