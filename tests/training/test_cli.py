"""`python -m training`: from a folder of real songs to an exported model, with commands only."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from model.audio import open_audio
from model.predictor import Predictor
from tests.support import REPOSITORY
from training.__main__ import main

SONGS = REPOSITORY / "tests" / "songs"
GENRES = ("classical", "metal")
COPIES = 4
ALONE = ("prepare", "train")


@dataclass(frozen=True)
class Done:
    """How a step went."""

    returncode: int
    stdout: str
    stderr: str


def training(*arguments: object, cwd: Path) -> Done:
    """Run a step in a process and a folder of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "training", *map(str, arguments)],
        cwd=cwd,
        env={"PYTHONPATH": str(REPOSITORY), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def here(*arguments: object, cwd: Path) -> Done:
    """The same in this process: each of its own takes seconds to start."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        returncode = main(list(map(str, arguments)))
    return Done(returncode, out.getvalue(), err.getvalue())


@pytest.fixture
def step(workplace: Path) -> Callable[..., Done]:
    """Runs one in the workplace."""
    return partial(here, cwd=workplace)


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with music of two genres, prepared, split, trained for two epochs and exported."""
    folder = tmp_path_factory.mktemp("workplace")
    for genre in GENRES:
        (folder / "music" / genre).mkdir(parents=True)
        for copy in range(COPIES):
            shutil.copy(SONGS / f"{genre}.mp3", folder / "music" / genre / f"{copy}.mp3")
    (folder / "music/metal/cover.jpg").write_bytes(b"\xff\xd8\xff not a song")
    return folder


@pytest.fixture(scope="module")
def steps(workplace: Path) -> dict[str, Done]:
    """What a user does, step by step; those of ALONE in processes of their own, as a user's are."""
    commands = {
        "prepare": ("music",),
        "split": ("--shares", 0.5, 0.25, 0.25),
        "train": ("--epochs", 2, "--batch-size", 4),
        "export": ("--name", "two genres"),
        "evaluate": ("--part", "test", "--out", "report"),
        "abstain": (),
    }
    return {
        step: training(step, *arguments, cwd=workplace) if step in ALONE else here(step, *arguments, cwd=workplace)
        for step, arguments in commands.items()
    }


@pytest.mark.parametrize("step", ["prepare", "split", "train", "export", "evaluate", "abstain"])
def test_each_step_ends_well(step: str, steps: dict[str, Done]) -> None:
    assert steps[step].returncode == 0, steps[step].stderr


def test_what_was_left_out_is_said(steps: dict[str, Done]) -> None:
    assert "skipped metal/cover.jpg: " in steps["prepare"].stdout
    assert "8 songs in runs/set, 1 files skipped" in steps["prepare"].stdout


@pytest.mark.usefixtures("steps")
def test_the_exported_model_hears_real_songs(workplace: Path) -> None:
    predictor = Predictor(workplace / "model")
    assert predictor.contract.genres == GENRES
    with open_audio(SONGS / "metal.mp3") as audio:
        analysis = predictor.analyse(audio, audio.sample_rate_hz).to_json()
    assert set(analysis["verdict"]["probabilities"]) == set(GENRES)


@pytest.mark.usefixtures("steps")
def test_evaluate_writes_its_report(workplace: Path) -> None:
    assert {path.name for path in (workplace / "report").iterdir()} == {
        "evaluation.json", "confusion.csv", "confusion.png", "reliability.csv", "reliability.png",
    }  # fmt: skip


@pytest.mark.usefixtures("steps")
def test_how_often_it_is_unsure_is_kept_for_the_card(workplace: Path) -> None:
    data = json.loads((workplace / "runs/evidence/abstention.json").read_text())
    assert data["songs"].startswith("test part")
    assert data["taught"]["n_songs"] == 2
    assert {"silence", "tone", "hum"} < {kind["kind"] for kind in data["others"]}


@pytest.mark.usefixtures("steps")
def test_songs_that_chose_the_model_are_named_as_such(workplace: Path, step: Callable[..., Done]) -> None:
    done = step("evaluate", "--part", "valid", "--out", "kind")
    assert "the recipe, the temperatures and when to be unsure were chosen on these songs" in done.stdout, done.stderr
    assert json.loads((workplace / "kind/evaluation.json").read_text())["reliability_cross_fitted"] is not None
    assert json.loads((workplace / "report/evaluation.json").read_text())["reliability_cross_fitted"] is None


@pytest.fixture(scope="module")
def other_split(workplace: Path, steps: dict[str, Done]) -> str:
    """Another than the model's own, as the steps are told it."""
    assert steps["prepare"].returncode == 0
    path = workplace / "other.json"
    shares = ("--shares", "0.5", "0.25", "0.25")
    assert main(["split", "--set", str(workplace / "runs/set"), "--seed", "5", *shares, "--split", str(path)]) == 0
    return path.name


def test_another_split_than_the_models_own_is_said(
    steps: dict[str, Done], other_split: str, step: Callable[..., Done]
) -> None:
    assert "NOT the split" not in steps["evaluate"].stdout
    done = step("evaluate", "--split", other_split)
    assert "NOT the split the model was trained on" in done.stdout, done.stderr


def test_validation_songs_of_another_split_are_not_exported(
    workplace: Path, other_split: str, step: Callable[..., Done]
) -> None:
    before = (workplace / "model/contract.json").read_bytes()
    done = step("export", "--split", other_split)
    assert done.returncode == 1
    assert "some may have been trained on" in done.stderr
    assert (workplace / "model/contract.json").read_bytes() == before


@pytest.mark.usefixtures("steps")
def test_an_archive_is_scored_without_what_it_was_trained_on(workplace: Path, step: Callable[..., Done]) -> None:
    levels = np.random.default_rng(0).integers(0, 256, (4, 140, 128), dtype=np.uint8)
    labels = {
        "name": list("wxyz"),
        "genre": ["metal", "classical"] * 2,
        "split": ["train", "test", "valid", "excluded"],
    }
    np.savez(workplace / "archive.npz", log_mel_u8=levels, **labels)
    done = step("evaluate", "--features", "archive.npz", "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["n_clips"] == 2
    assert {"clip_accuracy", "clip_accuracy_ci95", "second_accuracy", "macro_f1", "ece", "per_genre"} < set(data)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("prepare", "nowhere"), "nowhere is neither a folder"),
        (("split",), "run `python -m training prepare` first"),
        (("adapt", ".", "--teacher", "nowhere.pt"), "nowhere.pt is not a PyTorch state dict"),
        (("train",), "run `python -m training prepare` first"),
        (("evaluate", "--features", "nowhere.npz"), "nowhere.npz is not an archive"),
        (("evaluate",), "is not a split: run `python -m training split`"),
        (("export",), "is not a split: run `python -m training split`"),
        (("abstain",), "is not a split: run `python -m training split`"),
        (("results", "mine", "nowhere"), "is not a split: run `python -m training split`"),
        (("card",), "contract.json does not exist"),
    ],
)
def test_a_step_too_early_says_what_comes_first(
    arguments: tuple[str, ...],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(arguments) == 1
    assert message in capsys.readouterr().err


def test_help_names_the_steps(tmp_path: Path) -> None:
    done = training("--help", cwd=tmp_path)
    steps = ("prepare", "split", "adapt", "train", "evaluate", "export", "results", "abstain", "faithful", "card",
             "compare")  # fmt: skip
    assert all(step in done.stdout for step in steps)


def test_where_only_serving_is_installed_it_says_what_installs_the_rest(tmp_path: Path) -> None:
    without = "import sys; sys.modules['librosa'] = None; from training.__main__ import main; "
    without += "sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", without, "evaluate", "--split", "fault-filtered", str(tmp_path)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (1, "training: librosa is not installed: `make setup-train` installs it\n")
