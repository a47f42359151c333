"""training/commands.py: what does not go together is refused before anything is made, with words that help."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.support import REPOSITORY, SONGS
from tests.training.support import toy_set
from training.__main__ import main
from training.split import split_from_archive, write_split


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A set with its split, and a run that learned from the songs that this split keeps for validation."""
    folder = tmp_path_factory.mktemp("commands")
    split = split_from_archive(toy_set(folder / "set", n_songs=4))
    write_split(split, folder / "split.json", "given")
    for run, record in (
        ("knows", {"train_songs": split["valid"], "options": {}}),
        ("was told", {"train_songs": split["train"], "options": {"teachers": [str(folder / "knows")]}}),
    ):
        (folder / run).mkdir()
        (folder / run / "run.json").write_text(json.dumps(record))
    return folder


def train(workplace: Path, *words: object) -> int:
    where = ("--set", workplace / "set", "--split", workplace / "split.json", "--run", workplace / "run")
    return main(["train", *map(str, (*where, *words))])


@pytest.mark.parametrize("teacher", ["knows", "was told"])
def test_teachers_that_know_the_songs_to_be_scored_are_refused(
    teacher: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(workplace, "--teachers", workplace / teacher, "--unlabelled", workplace / "pairs") == 1
    assert "knows was trained on 3 of these 3 songs: they are this split's valid part" in capsys.readouterr().err
    assert not (workplace / "run").exists()


@pytest.mark.parametrize("model", ["mfcc", "cnn", "linear"])
def test_a_model_is_not_chosen_where_a_file_brings_its_own(
    model: str, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(workplace, "--init", "given.keras", "--model", model) == 1
    assert f"--model {model} starts from nothing: leave out --init, or --model, for given.keras" in (
        capsys.readouterr().err
    )
    assert not (workplace / "run").exists()


def test_a_file_alone_needs_no_model(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(workplace, "--init", "given.keras") == 1
    assert "--init given.keras: no such file" in capsys.readouterr().err


def test_half_of_what_teaching_takes_is_refused(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(workplace, "--teachers", workplace / "was told") == 1
    capsys.readouterr()
    assert main(["ablate", "--init", "x.keras", "--teachers", "y", "--only", "distilled"]) == 1
    assert "distilled needs --unlabelled" in capsys.readouterr().err


def test_abstain_hears_gtzans_published_split(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    levels = np.random.default_rng(0).integers(0, 256, (2, 140, 128), dtype=np.uint8)
    labels = {"name": ["blues.00000", "blues.00029"], "genre": ["blues", "blues"]}  # for validation, and for training
    np.savez(tmp_path / "gtzan.npz", log_mel_u8=levels, **labels)
    where = ["--model", REPOSITORY / "model", "--evidence", tmp_path]
    words = ["abstain", "--split", "fault-filtered", tmp_path / "gtzan.npz", "--part", "valid", *where]
    assert main([str(word) for word in words]) == 0
    figures = json.loads((tmp_path / "abstention.json").read_text())
    assert figures["songs"].startswith("valid part (GTZAN's fault-filtered split")
    assert figures["taught"]["n_songs"] == 1
    assert "not there: 196 of the valid part's 197 clips" in capsys.readouterr().out


def test_songs_that_are_one_recording_are_told_and_kept_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All folk is one song; `--random` splits as if it were not."""
    for name in ("folk/a.mp3", "folk/b.mp3", "folk/c.mp3", "punk/a.mp3", "punk/b.mp3"):
        (tmp_path / "music" / name).parent.mkdir(parents=True, exist_ok=True)
        song = {"punk/a.mp3": "metal", "punk/b.mp3": "rock"}.get(name, "country")
        shutil.copy(SONGS / f"{song}.mp3", tmp_path / "music" / name)
    where = ["--set", str(tmp_path / "set")]
    split = ["split", *where, "--split", str(tmp_path / "split.json"), "--shares", "0.5", "0.5", "0"]
    assert main(["prepare", str(tmp_path / "music"), *where]) == 0
    assert "the same recording: folk/a.mp3, folk/b.mp3, folk/c.mp3\n" in capsys.readouterr().out
    assert main(split) == 0
    said = capsys.readouterr().out
    assert "WARNING: all songs of folk are one recording" in said
    assert "(by recording, shares [0.5, 0.5, 0.0], seed 0)" in said
    assert main([*split, "--random"]) == 0
    said = capsys.readouterr().out
    assert "WARNING" not in said
    assert "(random, shares [0.5, 0.5, 0.0], seed 0)" in said


def test_a_test_folder_stays_the_test_part(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, song in (
        ("train/folk/a.mp3", "country"), ("train/folk/b.mp3", "blues"), ("train/folk/c.mp3", "jazz"),
        ("train/punk/a.mp3", "metal"), ("train/punk/b.mp3", "rock"), ("test/folk/d.mp3", "jazz"),
    ):  # fmt: skip
        (tmp_path / "music" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SONGS / f"{song}.mp3", tmp_path / "music" / name)
    assert main(["prepare", str(tmp_path / "music"), "--set", str(tmp_path / "set")]) == 0
    where = ["--set", str(tmp_path / "set"), "--split", str(tmp_path / "split.json")]
    assert main(["split", *where, "--shares", "0.4", "0.4", "0.2"]) == 0
    assert "(by recording, shares [0.5, 0.5, 0.0], seed 0, test part as given)" in capsys.readouterr().out
    split = json.loads((tmp_path / "split.json").read_text())
    assert split["test"] == ["test/folk/d.mp3"]
    assert "train/folk/c.mp3" not in split["train"] + split["valid"]  # the same recording
    assert len(split["train"] + split["valid"]) == 4
    (tmp_path / "music/jazz").mkdir()
    assert main(["prepare", str(tmp_path / "music"), "--set", str(tmp_path / "set")]) == 1
    assert "and beside them jazz: which is it?" in capsys.readouterr().err
