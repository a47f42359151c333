"""tools/train.sh: which steps of `python -m training` follow from what one asks for. The steps themselves are written
down here instead of run: their own tests run them."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from tests.script_steps import checkout_that_writes_down, names, run_script, script_steps, value

ASKED = {"DATA_FOLDER": "my songs", "OUT_FOLDER": "out", "RUN_FOLDER": "my work", "SPLIT": "", "INIT_FILE": "scratch",
         "MUSIC_FOLDERS": "", "OTHERS_FOLDER": "", "CHUNK_S": "", "SEEDS": "0", "NAME": ""}  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("one", "two", "my noises/rain", "my noises/speech"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("mn04.pt", "adapted.keras"):
        (tmp_path / name).touch()
    return checkout_that_writes_down(tmp_path)


def run(checkout: Path, **asked: str) -> subprocess.CompletedProcess[str]:
    return run_script("train.sh", checkout, ASKED | asked)


def steps(checkout: Path, fail_at: str = "none", **asked: str) -> list[list[str]]:
    return script_steps("train.sh", checkout, ASKED | asked, fail_at)


def test_a_folder_of_songs_becomes_a_model_with_a_card(checkout: Path) -> None:
    made = steps(checkout)
    assert names(made) == ["prepare", "split", "train", "results", "export", "evaluate", "card", "report"]
    assert made[0][1:] == ["my songs", "--set", "my work/set"]
    assert value(made[2], "--init") == "scratch"
    assert "--others" not in made[2]
    assert value(made[4], "--run") == value(made[2], "--run") == "my work/seed-0"
    assert value(made[4], "--model") == "out"
    assert value(made[4], "--name") == "my songs"


def test_the_report_is_of_the_run_that_is_exported_and_plays_what_is_a_folder(checkout: Path) -> None:
    exported, report = (step for step in steps(checkout, SEEDS="3 4") if step[0] in ("export", "report"))
    assert [value(report, option) for option in ("--run", "--model")] == [value(exported, "--run"), "out"]
    assert value(report, "--out") == "my work/report.html"
    assert not any(word.startswith("--audio") for word in report)  # DATA may be an archive of log-mels
    (checkout / "my songs").mkdir()
    assert steps(checkout)[-1][-1] == "--audio=my songs"


def test_the_split_is_as_asked_for(checkout: Path) -> None:
    split = steps(checkout, SPLIT="--groups artists.txt")[1]
    assert split[-2:] == ["--groups", "artists.txt"]


def test_music_without_labels_comes_before_training(checkout: Path) -> None:
    made = steps(checkout, INIT_FILE="mn04.pt", MUSIC_FOLDERS="one two")
    assert names(made)[2:4] == ["adapt", "train"]
    assert made[2][1:3] == ["one", "two"]
    assert value(made[2], "--split") == value(made[1], "--split")  # its songs for scoring are to stay unheard
    assert value(made[2], "--teacher") == "mn04.pt"
    assert value(made[3], "--init") == value(made[2], "--out")


def test_others_are_prepared_and_shown_to_every_run(checkout: Path) -> None:
    made = steps(checkout, OTHERS_FOLDER="my noises", SEEDS="0 1", INIT_FILE="mn04.pt", MUSIC_FOLDERS="one")
    assert names(made)[:5] == ["prepare", "split", "prepare", "adapt", "train"]  # adapt is long: what may fail is first
    prepared = made[2]
    assert prepared[:2] == ["prepare", "my noises"]
    assert [value(step, "--others") for step in made if step[0] == "train"] == [value(prepared, "--set")] * 2


def test_chunks_are_learned_and_judged(checkout: Path) -> None:
    made = steps(checkout, CHUNK_S="3", SEEDS="0 1", OTHERS_FOLDER="my noises")
    assert {step[0] for step in made if "--chunk-s" in step} == {"train", "evaluate"}
    assert [value(step, "--chunk-s") for step in made if step[0] in ("train", "evaluate")] == ["3"] * 3


def refusal(checkout: Path, **asked: str) -> str:
    """What it says instead of beginning."""
    done = run(checkout, **asked)
    assert done.returncode == 2
    assert not (checkout / "calls").exists()
    return done.stderr


def test_others_of_one_kind_are_refused_before_anything_runs(checkout: Path) -> None:
    (checkout / "my noises/rain").rmdir()
    (checkout / "my noises/.hidden").mkdir()
    assert "OTHERS=my noises must hold at least two subfolders with sounds" in refusal(
        checkout, OTHERS_FOLDER="my noises"
    )
    (checkout / "my noises/rain").symlink_to(checkout / "my noises/speech")
    assert "prepare" in names(steps(checkout, OTHERS_FOLDER="my noises"))


@pytest.mark.parametrize("init", ["scratch", "adapted.keras"])
def test_music_without_weights_that_learn_from_it_is_refused_before_anything_runs(init: str, checkout: Path) -> None:
    said = refusal(checkout, MUSIC_FOLDERS="one", INIT_FILE=init)
    assert f"INIT is {init}: say INIT=mn04_as_mAP_432.pt, too, or leave out MUSIC" in said


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"INIT_FILE": "mn05.pt"}, "make train: INIT=mn05.pt is not there\n"),
        ({"INIT_FILE": "mn04.pt", "MUSIC_FOLDERS": "one three"}, "make train: MUSIC names three, which is no folder\n"),
        ({"OTHERS_FOLDER": "my noise"}, "make train: OTHERS=my noise is no folder\n"),
    ],
)
def test_what_is_not_there_is_said_before_anything_runs(checkout: Path, asked: dict[str, str], said: str) -> None:
    assert refusal(checkout, **asked) == said


def test_several_seeds_end_as_one_network(checkout: Path) -> None:
    made = steps(checkout, INIT_FILE="mn04.pt", SEEDS="3 4")
    assert names(made) == ["prepare", "split", "train", "train", "results", "average", "results", "export", "evaluate",
                           "card", "report"]  # fmt: skip
    assert made[5][1:3] == ["my work/seed-3", "my work/seed-4"]
    assert value(made[7], "--run") == value(made[5], "--run") == "my work/mean-of-3-4"


def test_networks_from_scratch_are_not_averaged(checkout: Path) -> None:
    made = steps(checkout, SEEDS="3 4")
    assert "average" not in names(made)
    assert value(made[names(made).index("export")], "--run") == "my work/seed-3"


def test_a_step_that_fails_is_the_last(checkout: Path) -> None:
    assert names(steps(checkout, fail_at="split")) == ["prepare", "split"]


def test_how_to_see_it_can_be_said_to_a_shell_whatever_the_folder_is_called(checkout: Path) -> None:
    told = run(checkout, OUT_FOLDER="my 'best' model", FAIL_AT="none").stdout.splitlines()[-1]
    assert shlex.split(told.partition("see it with")[2]) == ["make", "run", "MODEL=my 'best' model"]
