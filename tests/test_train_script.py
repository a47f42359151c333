"""tools/train.sh: which steps of `python -m training` follow from what one asks for. The steps themselves are written
down here instead of run: their own tests run them."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.support import REPOSITORY

ASKED = {"DATA_FOLDER": "my songs", "OUT_FOLDER": "out", "RUN_FOLDER": "my work", "SPLIT": "", "INIT_FILE": "scratch",
         "MUSIC_FOLDERS": "", "OTHERS_FOLDER": "", "SEEDS": "0", "NAME": ""}  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder whose Python writes down what it is asked for, one line a call, and fails at what FAIL_AT says."""
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(
        '#!/bin/bash\nprintf \'%q \' "$@" >> calls; echo >> calls\n[ "$3" != "$FAIL_AT" ]\n', encoding="utf-8"
    )
    python.chmod(0o755)
    return tmp_path


def run(checkout: Path, **asked: str) -> subprocess.CompletedProcess[str]:
    script = REPOSITORY / "tools" / "train.sh"
    environment = {**os.environ, **ASKED, **asked}
    return subprocess.run([script], cwd=checkout, env=environment, capture_output=True, text=True, timeout=60)


def steps(checkout: Path, fail_at: str = "none", **asked: str) -> list[list[str]]:
    """The words of each step, from its name on."""
    done = run(checkout, **asked, FAIL_AT=fail_at)
    assert (done.returncode == 0) == (fail_at == "none"), done.stderr
    calls = [shlex.split(line) for line in (checkout / "calls").read_text().splitlines()]
    assert all(call[:2] == ["-m", "training"] for call in calls)
    return [call[2:] for call in calls]


def names(made: list[list[str]]) -> list[str]:
    return [step[0] for step in made]


def value(step: list[str], option: str) -> str:
    return step[step.index(option) + 1]


def test_a_folder_of_songs_becomes_a_model_with_a_card(checkout: Path) -> None:
    made = steps(checkout)
    assert names(made) == ["prepare", "split", "train", "results", "export", "evaluate", "card"]
    assert made[0][1:] == ["my songs", "--set", "my work/set"]
    assert value(made[2], "--init") == "scratch"
    assert "--others" not in made[2]
    assert value(made[4], "--run") == value(made[2], "--run") == "my work/seed-0"
    assert value(made[4], "--model") == "out"
    assert value(made[4], "--name") == "my songs"


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


def refusal(checkout: Path, **asked: str) -> str:
    """What it says instead of beginning."""
    done = run(checkout, **asked)
    assert done.returncode == 2
    assert not (checkout / "calls").exists()
    return done.stderr


def test_others_of_one_kind_are_refused_before_anything_runs(checkout: Path) -> None:
    (checkout / "my noises/speech").mkdir(parents=True)
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


def test_several_seeds_end_as_one_network(checkout: Path) -> None:
    made = steps(checkout, INIT_FILE="mn04.pt", SEEDS="3 4")
    assert names(made) == ["prepare", "split", "train", "train", "results", "average", "results", "export", "evaluate",
                           "card"]  # fmt: skip
    assert made[5][1:3] == ["my work/seed-3", "my work/seed-4"]
    assert value(made[7], "--run") == value(made[5], "--run") == "my work/mean-of-3-4"


def test_networks_from_scratch_are_not_averaged(checkout: Path) -> None:
    made = steps(checkout, SEEDS="3 4")
    assert "average" not in names(made)
    assert value(made[names(made).index("export")], "--run") == "my work/seed-3"


def test_a_step_that_fails_is_the_last(checkout: Path) -> None:
    assert names(steps(checkout, fail_at="split")) == ["prepare", "split"]
