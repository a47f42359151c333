"""training/adapt.py on a few windows of real music and an untaught teacher."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path

import keras
import numpy as np
import pytest

from model.contract import WindowLayout
from model.features import SignalChain
from tests.support import SONGS, untraced
from tests.training.support import toy_set
from tests.training.teachers import REAL_TEACHER, untaught_state, write_state_dict
from training.__main__ import main
from training.adapt import Adapted, AdaptOptions, adapt, as_text
from training.errors import TrainingError
from training.initial import initial_network
from training.split import write_split
from training.teacher import layer_name, mel_bands_map

OPTIONS = AdaptOptions(epochs=(2, 2), batch_size=4, learning_rates=(1e-2, 1e-3))

TO_BE_SCORED = {"a set/rock.wav"}


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    for name in ("classical", "metal", "rock"):
        shutil.copy(SONGS / f"{name}.mp3", folder)
    (folder / "notes.txt").write_text("not a song")
    return folder


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "mn04.pt"
    write_state_dict(path, untaught_state())
    return path


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runs") / "adapted.keras"


class PulledPlug(Exception):
    pass


@dataclass(frozen=True)
class CutShort:
    """A run that stopped in its second stage, and the one that went on: their epochs, and what was there between."""

    epochs: list[int]
    epochs_after: list[int]
    was_finished: bool
    adapted: Adapted


@pytest.fixture(scope="module")
def run(music: Path, weights: Path, out: Path) -> CutShort:
    epochs: list[int] = []

    def pull_plug(_: object, epoch: int, *__: object) -> None:
        epochs.append(epoch)
        if len(epochs) == 4:
            raise PulledPlug

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.adapt.EpochNumber.on_epoch_end", pull_plug, raising=False)
        with pytest.raises(PulledPlug):
            adapt([music], weights, out, OPTIONS, TO_BE_SCORED)
        was_finished = out.exists()
        with untraced():
            adapted = adapt([music], weights, out, OPTIONS, TO_BE_SCORED)
    return CutShort(epochs[:4], epochs[4:], was_finished, adapted)


def test_a_run_cut_short_goes_on_where_it_was(run: CutShort) -> None:
    assert run.epochs == [0, 1, 0, 1]
    assert not run.was_finished
    assert run.epochs_after == [1]  # of the second stage, from the epoch that was not saved


@pytest.mark.usefixtures("run")
def test_both_stages_come_nearer_to_the_teacher(out: Path) -> None:
    for stage in ("stage1", "stage2"):
        with (out.with_suffix(".stages") / f"{stage}.csv").open() as file:
            losses = [float(row["loss"]) for row in csv.DictReader(file)]
        assert losses[-1] < 0.95 * losses[0]


@pytest.mark.skipif(not REAL_TEACHER.is_file(), reason="extra test: the teacher's weights are not here")
def test_held_out_music_is_heard_more_as_the_real_teacher_hears_it(music: Path, tmp_path: Path) -> None:
    options = replace(OPTIONS, epochs=(4, 1))
    with untraced():
        adapted = adapt([music], REAL_TEACHER, tmp_path / "adapted.keras", options, TO_BE_SCORED)
    assert adapted.after.early > adapted.before.early + 0.02


@pytest.mark.usefixtures("run")
def test_what_learns_and_what_stays(out: Path) -> None:
    """Mel map and early norms learn; the later norms keep the statistics of the teacher's two million clips."""
    network, state = keras.models.load_model(out, compile=False), untaught_state()
    kernel, _ = mel_bands_map(SignalChain())
    assert np.abs(network.get_layer("mel_bands").get_weights()[0][0, 0] - kernel).max() > 1e-3
    for name, stays in (
        ("features.3.block.0.1", False),
        ("features.6.block.3.1", False),
        ("features.12.block.0.1", True),
    ):
        mean = network.get_layer(layer_name(name)).get_weights()[2]
        assert np.array_equal(mean, state[f"{name}.running_mean"]) == stays


def test_the_figures_are_written_and_shown(run: CutShort, music: Path, out: Path) -> None:
    adapted = run.adapted
    report = json.loads(out.with_suffix(".json").read_text())
    assert report["after"]["early"] == adapted.after.early
    assert report["skipped"] == {str(music / "notes.txt"): adapted.skipped[str(music / "notes.txt")]}
    text = as_text(adapted)
    assert f"{adapted.before.early:.3f}" in text
    assert "10 windows learned from, 11 of held-out files measured on; 2 files, 1 skipped" in text
    assert ", 1 left out as songs of the split's validation and test parts" in text
    assert "left out" not in as_text(replace(adapted, n_files_of_split=0))


@pytest.mark.usefixtures("run")
def test_training_starts_from_it(out: Path, tmp_path: Path) -> None:
    network = initial_network(str(out), "cnn", toy_set(tmp_path / "set", n_songs=4), WindowLayout())
    given = keras.models.load_model(out, compile=False)
    for name in ("mel_bands", "features-0-0", "features-16-0"):
        np.testing.assert_array_equal(network.get_layer(name).get_weights()[0], given.get_layer(name).get_weights()[0])
    assert network.get_layer("steps").output.shape == (None, 32, 3)


def test_songs_of_a_splits_validation_and_test_parts_are_not_learned_from(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "music").mkdir()
    for name in ("kept.mp3", "kept too.ogg"):
        (tmp_path / "music" / name).touch()
    write_split({"train": ["a"], "valid": ["b/kept.wav"], "test": ["b/kept too"]}, tmp_path / "split.json", "by hand")
    where = ["--out", tmp_path / "adapted.keras", "--split", tmp_path / "split.json"]
    assert main([str(word) for word in ("adapt", tmp_path / "music", "--teacher", weights, *where)]) == 1
    assert "all of this music is named like songs of the split's validation and test parts" in capsys.readouterr().err


def test_of_gtzan_only_training_clips_are_learned_from(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The published split leaves out metal.00004 as faulty: such clips repeat recordings of the other parts."""
    (tmp_path / "metal.00004.wav").touch()
    where = ["--out", str(tmp_path / "adapted.keras"), "--split", "fault-filtered"]
    assert main(["adapt", str(tmp_path), "--teacher", str(weights), *where]) == 1
    assert "all of this music is named like songs of the split's validation and test parts" in capsys.readouterr().err


@pytest.mark.usefixtures("run")
def test_other_music_or_options_leave_what_is_there(music: Path, weights: Path, out: Path) -> None:
    before = out.read_bytes()
    with pytest.raises(TrainingError, match="training with other music or options"):
        adapt([music], weights, out, replace(OPTIONS, epochs=(1, 1)), TO_BE_SCORED)
    with pytest.raises(TrainingError, match="training with other music or options"):
        adapt([SONGS], weights, out, OPTIONS)
    assert out.read_bytes() == before


def test_out_must_name_a_network(music: Path, weights: Path, tmp_path: Path) -> None:
    (tmp_path / "folder.keras").mkdir()
    for name in ("folder.keras", "network.h5"):
        with pytest.raises(TrainingError, match=r"must name a file that ends with \.keras"):
            adapt([music], weights, tmp_path / name, OPTIONS)


def test_weights_that_are_none_are_named_before_anything_is_made(music: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.pt").write_bytes(b"not a zip")
    for name in ("bad.pt", "nowhere.pt"):
        with pytest.raises(TrainingError, match=rf"{name} is not a PyTorch state dict"):
            adapt([music], tmp_path / name, tmp_path / "adapted.keras", OPTIONS)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.pt"]


def test_weights_of_another_network_are_refused(music: Path, tmp_path: Path) -> None:
    write_state_dict(tmp_path / "other.pt", {"features.0.0.weight": np.zeros((8, 1, 5, 5))})
    with pytest.raises(TrainingError, match="not those of EfficientAT mn04"):
        adapt([music], tmp_path / "other.pt", tmp_path / "adapted.keras", OPTIONS)
