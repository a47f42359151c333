"""Each network that `train --model` knows goes the whole way: trained, exported, loaded by the server."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.network import ARCHITECTURES
from model.predictor import Predictor
from tests.training.support import toy_log_mel, toy_set
from training.__main__ import main
from training.learning_steps import MODELS
from training.run_folder import read_history
from training.split import split_from_archive, write_split
from training.trained import load_trained


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("baselines")
    write_split(split_from_archive(toy_set(folder / "set")), folder / "split.json", "given")
    return folder


def step(name: str, prepared: Path, *arguments: object) -> int:
    paths = ("--set", prepared / "set", "--split", prepared / "split.json")
    return main([name, *map(str, (*paths, *arguments))])


def train(model: str, prepared: Path) -> Path:
    run = prepared / f"run-{model}"
    options = ("--epochs", 4, "--batch-size", 4, "--learning-rate", 3e-3)
    assert step("train", prepared, "--model", model, "--run", run, *options) == 0
    return run


def test_every_network_can_be_asked_for() -> None:
    assert set(ARCHITECTURES) == set(MODELS)


@pytest.mark.parametrize("model", ["contrast", "mfcc"])
def test_a_baseline_learns_what_is_easy(model: str, prepared: Path) -> None:
    history = read_history(train(model, prepared))
    assert float(history[-1]["loss"]) < float(history[0]["loss"])


@pytest.mark.parametrize("model", ["linear", "merged"])
def test_a_baseline_is_exported_and_hears_the_same(model: str, prepared: Path, tmp_path: Path) -> None:
    run = train(model, prepared)
    assert step("export", prepared, "--run", run, "--model", tmp_path / "model", "--name", model) == 0
    predictor = Predictor(tmp_path / "model")
    assert predictor.contract.raw["network"]["architecture"] == model
    windows = np.stack([toy_log_mel(genre, 99)[:128] for genre in range(3)])
    expected = load_trained(run).network.predict_on_batch(windows)
    np.testing.assert_allclose(predictor.window_logits(windows), expected, atol=2e-3)
    assert predictor.window_logits(windows).mean(axis=1).argmax(axis=-1).tolist() == [0, 1, 2]


def test_a_linear_model_goes_on_from_nothing(prepared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert step("train", prepared, "--model", "linear", "--init", "network.keras", "--run", prepared / "no-run") == 1
    assert "--model linear starts from nothing: leave out --init" in capsys.readouterr().err
