"""training/train.py on a toy set: it learns, it resumes, it refuses what does not fit."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import pytest

from model.contract import WindowLayout
from tests.training.support import part, toy_log_mel, toy_set
from training.errors import TrainingError
from training.feature_set import open_feature_set
from training.initial import initial_network
from training.options import TrainingOptions
from training.run_folder import read_history
from training.train import Validation, _batches, train
from training.trained import check_songs_of_run, load_trained

OPTIONS = TrainingOptions(epochs=10, batch_size=4, learning_rate=3e-3)


class PulledPlug(Exception):
    pass


@dataclass(frozen=True)
class CutShort:
    """A run that stopped in its ninth epoch and then went on: its history at that time, and its folder."""

    before: list[dict[str, str]]
    folder: Path


@pytest.fixture(scope="module")
def cut_short(tmp_path_factory: pytest.TempPathFactory) -> CutShort:
    folder = tmp_path_factory.mktemp("train")
    songs = toy_set(folder / "set")
    parts = part(songs, "train"), part(songs, "valid")

    def pull_plug(_: object, epoch: int, *__: object) -> None:
        if epoch == 8:
            raise PulledPlug

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.train.EpochNumber.on_epoch_end", pull_plug, raising=False)
        with pytest.raises(PulledPlug):
            train(*parts, folder / "run", OPTIONS, "given")
    before = read_history(folder / "run")
    train(*parts, folder / "run", OPTIONS, "given")
    return CutShort(before, folder / "run")


@pytest.fixture
def run(cut_short: CutShort) -> Path:
    return cut_short.folder


def test_it_learns_what_is_easy(run: Path) -> None:
    history = read_history(run)
    assert len(history) == 10
    assert float(history[-1]["val_accuracy"]) > 0.9
    assert float(history[-1]["loss"]) < float(history[0]["loss"])


def test_the_last_epochs_network_is_what_is_kept(run: Path) -> None:
    trained = load_trained(run)
    validation = Validation(part(open_feature_set(run.parent / "set"), "valid"), trained.genres, WindowLayout())
    validation.set_model(trained.network)
    logs: dict[str, float] = {}
    validation.on_epoch_end(9, logs)
    assert logs["val_loss"] == pytest.approx(float(read_history(run)[-1]["val_loss"]), rel=1e-3)
    verdict = trained.network.predict_on_batch(toy_log_mel(1, 99)[np.newaxis, :128]).mean(axis=1).argmax()
    assert trained.genres[int(verdict)] == "hum"


def test_without_a_curve_the_last_epoch_alone_is_judged(tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set", n_songs=4)
    parts = part(songs, "train"), part(songs, "valid")
    train(*parts, tmp_path / "run", replace(OPTIONS, epochs=2), "given", has_curve=False)
    assert [float(row["val_accuracy"]) >= 0 for row in read_history(tmp_path / "run")] == [False, True]
    assert load_trained(tmp_path / "run").network.name == "cnn"


def test_curves_are_drawn(run: Path) -> None:
    assert (run / "curves.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_cut_short_goes_on_where_it_was(cut_short: CutShort) -> None:
    after = read_history(cut_short.folder)
    assert [row["epoch"] for row in after] == [str(epoch) for epoch in range(10)]
    assert len(cut_short.before) == 8
    assert after[:8] == cut_short.before
    assert float(after[-1]["val_accuracy"]) > 0.9  # two epochs from scratch do not get there


def test_a_run_with_other_options_is_not_overwritten(run: Path, tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set")
    before = (run / "network.keras").stat().st_mtime_ns
    with pytest.raises(TrainingError, match="other songs, options or networks"):
        train(part(songs, "train"), part(songs, "valid"), run, replace(OPTIONS, seed=1), "given")
    assert (run / "network.keras").stat().st_mtime_ns == before


def test_going_on_from_a_network_takes_its_body_and_learns_new_genres(run: Path, tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set", genres=("beep", "boop"))
    network = initial_network(str(run / "network.keras"), "cnn", songs, WindowLayout())
    given = keras.models.load_model(run / "network.keras", compile=False)
    np.testing.assert_array_equal(
        network.get_layer("conv3").get_weights()[0], given.get_layer("conv3").get_weights()[0]
    )
    heard = [
        network.predict_on_batch(toy_log_mel(genre, 50)[np.newaxis, :128]).mean(axis=1).argmax() for genre in (0, 1)
    ]
    assert heard == [0, 1]


@pytest.mark.parametrize("init", ["nowhere.pt", "nowhere.keras"])
def test_weights_that_are_not_there_are_named(init: str, tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set", n_songs=4)
    with pytest.raises(TrainingError, match=rf"--init {init}: no such file"):
        initial_network(init, "cnn", songs, WindowLayout())


def test_answers_that_are_not_there_are_named(tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set", n_songs=4)
    options = replace(OPTIONS, taggrams=str(tmp_path / "nowhere.npz"))
    with pytest.raises(TrainingError, match=r"nowhere\.npz is no archive of answers"):
        train(part(songs, "train"), part(songs, "valid"), tmp_path / "run", options, "given")
    assert not (tmp_path / "run").exists()  # the same command, mended, is no other run


def test_chunks_have_their_songs_targets(tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set", n_songs=4)
    given = np.random.default_rng(0).dirichlet((1, 1, 1), len(songs.tracks)).astype(np.float32)
    unmixed = replace(OPTIONS.augmentation, mixup_alpha=0)
    options = replace(OPTIONS, chunk_s=3, others_share=0, augmentation=unmixed)
    batches = _batches(songs, given, WindowLayout(), options)
    found = [tuple(row) for i in range(len(batches)) for row in batches[i][1]]
    assert len(found) > 2 * len(given)
    assert set(found) == {tuple(row) for row in given}


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="holds no training run"):
        load_trained(tmp_path)


def test_the_record_says_how_it_was_trained(run: Path) -> None:
    record = json.loads((run / "run.json").read_text())
    assert record["genres"] == ["drone", "hum", "whistle"]
    assert record["options"]["seed"] == 0


def test_a_run_of_all_its_epochs_is_not_begun_again(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songs = open_feature_set(run.parent / "set")
    monkeypatch.delattr("training.train.initial_network")  # nothing is to be trained with
    train(part(songs, "train"), part(songs, "valid"), run, OPTIONS, "given")
    assert len(read_history(run)) == 10


def test_a_training_that_comes_apart_ends_without_a_network(tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set", n_songs=4)
    wild = replace(OPTIONS, learning_rate=1e38)
    with pytest.raises(TrainingError, match="smaller --learning-rate"):
        train(part(songs, "train"), part(songs, "valid"), tmp_path / "run", wild, "given")
    with pytest.raises(TrainingError, match="no trained network"):
        load_trained(tmp_path / "run")


def test_a_validation_part_without_a_genre_is_scored_by_the_networks_own_order(run: Path, tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set")
    lacking = part(songs, "valid")
    lacking = lacking.only(track for track in lacking.tracks if track.genre != "drone")
    validation = Validation(lacking, songs.genres, WindowLayout())
    validation.set_model(load_trained(run).network)
    logs: dict[str, float] = {}
    validation.on_epoch_end(0, logs)
    assert logs["val_accuracy"] > 0.9


def test_songs_of_another_split_are_refused(run: Path, tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "set")
    check_songs_of_run(run, part(songs, "valid"))
    with pytest.raises(TrainingError, match="some may have been trained on"):
        check_songs_of_run(run, part(songs, "train"))
