"""tools/own.sh by the steps that it takes, and `make own` on real songs: from a folder to a model that hears them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from model.audio import open_audio
from model.predictor import Predictor
from tests.script_steps import checkout_that_writes_down, names, run_script, script_steps, value
from tests.support import REPOSITORY, SONGS, make_audio

pytestmark = pytest.mark.timeout(600)  # seven steps, each of which imports TensorFlow

ASKED = {"DATA_FOLDER": "my songs", "OUT_FOLDER": "out", "RUN_FOLDER": "my work", "INIT_FILE": "model", "EPOCHS": "",
         "FOLDS": "5", "CHUNK_S": "", "NAME": ""}  # fmt: skip


TRACKS = {"tracks": [{"name": "rock/1.mp3", "genre": "rock", "n_frames": 400, "split": "", "fingerprint": "1-2"}]}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    checkout = checkout_that_writes_down(tmp_path)
    prepared(checkout, TRACKS)
    return checkout


def prepared(checkout: Path, tracks: dict[str, Any]) -> None:
    """As `prepare` leaves it."""
    (checkout / "my work/set").mkdir(parents=True, exist_ok=True)
    (checkout / "my work/set/tracks.json").write_text(json.dumps(tracks, indent=1))


def test_what_is_shipped_is_the_first_folds_network(checkout: Path) -> None:
    made = script_steps("own.sh", checkout, ASKED)
    assert names(made) == ["prepare", "crossvalidate", "export", "evaluate", "card", "report"]
    assert made[0][1:] == ["--set", "my work/set", "--", "my songs"]
    assert value(made[1], "--init") == "model"
    assert "--epochs" not in made[1]
    assert value(made[2], "--run") == f"{value(made[1], '--runs')}/fold-1"
    assert {value(step, "--split") for step in made[1:4]} == {"my work/split.json"}
    assert {value(step, "--evidence") for step in (made[1], made[4])} == {value(made[3], "--out")}
    assert (value(made[2], "--model"), made[2][-1]) == ("out", "--name=my songs")
    assert [value(made[5], option) for option in ("--run", "--model")] == [value(made[2], "--run"), "out"]
    assert made[5][-3:] == ["--audio=my songs", "--out", "my work/report.html"]


def test_how_to_see_it_can_be_said_to_a_shell_whatever_the_folder_is_called(checkout: Path) -> None:
    folder = "my 'best' \"$0\" модель"
    told = run_script("own.sh", checkout, {**ASKED, "OUT_FOLDER": folder, "FAIL_AT": "none"}).stdout.splitlines()[-1]
    assert shlex.split(told.partition("see it with")[2]) == ["make", "run", f"MODEL={folder}"]


def test_epochs_chunks_and_name_are_as_asked_for(checkout: Path) -> None:
    said = {"EPOCHS": "0", "FOLDS": "3", "CHUNK_S": "30", "NAME": "two of mine"}
    made = script_steps("own.sh", checkout, {**ASKED, **said})
    assert (value(made[1], "--epochs"), value(made[1], "--folds")) == ("0", "3")
    assert (value(made[1], "--chunk-s"), value(made[3], "--chunk-s")) == ("30", "30")
    assert made[2][-1] == "--name=two of mine"


@pytest.mark.parametrize(
    ("asked", "track", "is_new"),
    [
        ({}, {}, False),
        ({}, {"fingerprint": "1-3"}, False),  # a tag was changed
        ({}, {"n_frames": 401}, True),
        ({}, {"name": "rock/2.mp3"}, True),
        ({}, {"split": "test"}, True),
        ({"EPOCHS": "3"}, {}, True),
        ({"FOLDS": "3"}, {}, True),
        ({"CHUNK_S": "30"}, {}, True),
        ({"INIT_FILE": "scratch"}, {}, True),
    ],
)
def test_it_goes_on_with_the_same_songs_and_begins_anew_with_others(
    checkout: Path, asked: dict[str, str], track: dict[str, Any], is_new: bool
) -> None:
    before = value(script_steps("own.sh", checkout, ASKED)[1], "--runs")
    prepared(checkout, {"tracks": [{**TRACKS["tracks"][0], **track}]})
    (checkout / "calls").unlink()
    after = value(script_steps("own.sh", checkout, {**ASKED, **asked})[1], "--runs")
    assert before.startswith("my work/folds-")
    assert (after != before) == is_new


def test_another_network_at_the_same_place_is_another_start(checkout: Path) -> None:
    (checkout / "model").mkdir()
    runs = []
    for version in ("1", "1", "2"):
        (checkout / "model/contract.json").write_text(version)
        runs.append(value(script_steps("own.sh", checkout, ASKED)[-5], "--runs"))
    assert runs[0] == runs[1] != runs[2]


def test_the_shipped_network_is_not_overwritten(checkout: Path) -> None:
    (checkout / "model").mkdir()
    done = run_script("own.sh", checkout, {**ASKED, "OUT_FOLDER": "./model"})
    assert done.returncode == 2
    assert "MODEL=./model is Genrescope's own network" in done.stderr
    assert not (checkout / "calls").exists()


def test_a_step_that_fails_is_the_last(checkout: Path) -> None:
    assert names(script_steps("own.sh", checkout, ASKED, fail_at="crossvalidate")) == ["prepare", "crossvalidate"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A model of two genres with odd names, of two real songs each and a repeat; what `make own` said."""
    folder = tmp_path_factory.mktemp("own")
    genres = {"Русский рок 🎸": ("metal", "rock"), 'it\'s "jazz" & more': ("jazz", "classical")}
    for genre, songs in genres.items():
        (folder / "my music" / genre).mkdir(parents=True)
        for song in songs:
            shutil.copy(SONGS / f"{song}.mp3", folder / "my music" / genre / f"-{song} 100%.mp3")
    make_audio(folder / "my music" / "Русский рок 🎸" / "metal again.ogg", source=f"amovie={SONGS / 'metal.mp3'}")
    words = (f"DATA={folder / 'my music'}", f"MODEL={folder / 'my model'}", "SERVE=0", "CHUNK_S=3")
    done = subprocess.run(
        ["make", "-s", "own", *words], cwd=REPOSITORY, env={**os.environ, "MAKEFLAGS": ""},
        capture_output=True, text=True, check=False, timeout=580,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "my model", done.stdout


def test_the_model_hears_the_genres(made: tuple[Path, str]) -> None:
    predictor = Predictor(made[0])
    assert predictor.contract.name == "my music"
    assert predictor.contract.genres == ('it\'s "jazz" & more', "Русский рок 🎸")
    with open_audio(SONGS / "metal.mp3") as audio:
        verdict = predictor.analyse(audio, audio.sample_rate_hz).to_json()["verdict"]
    assert verdict["genre"] == "Русский рок 🎸"


def test_a_report_plays_the_songs(made: tuple[Path, str]) -> None:
    model, said = made
    page = model.parent / "my model-own/report.html"
    assert f"report: open {page} in a browser" in said
    html = page.read_text(encoding="utf-8")
    assert 'data-sound="../my%20music/%D0%A0' in html
    figures = json.loads((model.parent / "my model-own/evidence/evaluation.json").read_text())
    told = [float(figure) for figure in re.findall(r"<strong>([01]\.\d+)</strong>", html)]
    assert told == pytest.approx([figures["macro_f1"], figures["ece"]], abs=6e-4)


def test_it_says_how_good_that_is_and_to_beware(made: tuple[Path, str]) -> None:
    model, said = made
    assert "the same recording: " in said
    assert "few songs: the given weights stay, under a new last layer" in said
    assert "2-fold cross-validation, a new last layer on model, songs in chunks of 3 s: 5 songs" in said
    assert "3-s chunks " in said
    assert "WARNING: fewer than 20 songs of a genre tell little about it, and here are: " in said
    found = json.loads((model.parent / "my model-own/evidence/cross_validation.json").read_text())
    assert found["n_clips"] == 5
    card = " ".join((model / "CARD.md").read_text().split())
    assert "2-fold cross-validation, a new last layer on model, songs in chunks of 3 s" in card
    assert "Beware: what model had learned before is not known here" in card
    assert "fewer than 20 songs of a genre" in card


def test_data_must_be_said() -> None:
    done = subprocess.run(
        ["make", "-s", "own", "DATA=no/where", "SERVE=0"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode != 0
    assert "make own: say DATA=folder, with one subfolder a genre; 'no/where' is none" in done.stderr
