"""training/others.py: which windows of none of the genres the network is shown, and which are kept from it."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.contract import WindowLayout
from model.features import SignalChain
from training.errors import TrainingError
from training.feature_set import FeatureSet, FeatureSetWriter, open_feature_set
from training.others import OtherWindows, others_of_run, sets_for_test, split_others, validation_sets
from training.split import hash_names
from training.synthetic import MAKERS

CHAIN, LAYOUT = SignalChain(), WindowLayout()


def others_set(folder: Path, n_frames: dict[str, int]) -> FeatureSet:
    """A set of flat spectra: its first recording is at 1 dB, the next at 2 dB, … No synthetic signal is as loud."""
    folder.mkdir()
    writer = FeatureSetWriter(folder, CHAIN)
    for number, (name, frames) in enumerate(n_frames.items()):
        writer.add(name, name.split("/")[0], np.full((frames, CHAIN.n_mels), number + 1.0))
    writer.finish({})
    return open_feature_set(folder)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    speech = {f"speech/{n}": 300 for n in range(10)}
    return others_set(tmp_path_factory.mktemp("others") / "set", speech | {"noise/hours of rain": 9000})


@pytest.fixture(scope="module")
def windows(others: FeatureSet) -> OtherWindows:
    return OtherWindows(others, CHAIN, LAYOUT, seed=5)


def levels_of(songs: FeatureSet, kind: str) -> set[float]:
    return {float(songs.log_mel_of(track)[0, 0]) for track in songs.tracks if track.genre == kind}


def test_kinds_are_drawn_equally_often_and_signals_count_as_one(windows: OtherWindows, others: FeatureSet) -> None:
    drawn = windows.draw(600, epoch=0, index=0)
    assert drawn.shape == (600, LAYOUT.window_frames, CHAIN.n_mels)
    level = np.where(np.ptp(drawn, axis=(1, 2)) == 0, drawn[:, 0, 0], np.nan)
    speech, noise = (np.isin(level, list(levels_of(others, kind))) for kind in ("speech", "noise"))
    np.testing.assert_allclose([speech.mean(), noise.mean(), 1 - (speech | noise).mean()], 1 / 3, atol=0.07)


def test_what_decides_when_to_be_unsure_is_never_trained_on(windows: OtherWindows, others: FeatureSet) -> None:
    drawn = set(windows.draw(600, epoch=0, index=0)[:, 0, 0].tolist())
    kept_back, signals = validation_sets(others, CHAIN)
    assert levels_of(kept_back, "speech")
    assert not levels_of(kept_back, "speech") & drawn
    assert levels_of(others, "speech") - levels_of(kept_back, "speech") < drawn
    assert {track.genre for track in signals.tracks} == set(MAKERS)


def test_every_use_has_its_own_signals(others: FeatureSet) -> None:
    for_test, signals_for_test = sets_for_test(others, CHAIN)
    assert for_test.tracks == others.tracks
    assert sets_for_test(None, CHAIN)[0].tracks == signals_for_test.tracks
    signals_for_validation = validation_sets(None, CHAIN)[0]
    same = np.array_equal(signals_for_test.log_mel, signals_for_validation.log_mel)
    assert not same


def test_the_same_place_in_the_training_gives_the_same_windows(windows: OtherWindows) -> None:
    first = windows.draw(8, epoch=2, index=3)
    np.testing.assert_array_equal(windows.draw(8, epoch=2, index=3), first)
    assert (windows.draw(8, epoch=3, index=3) != first).any()
    assert (windows.draw(8, epoch=2, index=4) != first).any()


def test_without_a_set_of_others_there_are_the_synthetic_signals() -> None:
    drawn = OtherWindows(None, CHAIN, LAYOUT, seed=0).draw(40, epoch=0, index=0)
    assert drawn.min() == pytest.approx(-100)  # digital silence, as loud as the chain says it is
    assert (np.ptp(drawn, axis=(1, 2)) > 40).sum() > 20


def test_a_run_knows_the_others_it_was_trained_with(tmp_path: Path) -> None:
    others_set(tmp_path / "set", {"speech/1": 200})
    for run, folder in (("with", str(tmp_path / "set")), ("without", ""), ("gone", "nowhere")):
        (tmp_path / run).mkdir()
        (tmp_path / run / "run.json").write_text(json.dumps({"options": {"others": folder}}))
    found = others_of_run(tmp_path / "with")
    assert found
    assert found.genres == ("speech",)
    assert others_of_run(tmp_path / "without") is None
    with pytest.raises(TrainingError, match="nowhere holds no tracks"):
        others_of_run(tmp_path / "gone")


def test_others_that_have_changed_since_the_training_are_refused(tmp_path: Path) -> None:
    others = others_set(tmp_path / "set", {"speech/1": 200})
    record = {"options": {"others": str(tmp_path / "set")}, "others_sha256": hash_names(["speech/1"])}
    for run, kept in (("run", record), ("before", {"options": record["options"]})):
        (tmp_path / run).mkdir()
        (tmp_path / run / "run.json").write_text(json.dumps(kept))
    found = others_of_run(tmp_path / "run")
    assert found
    assert found.tracks == others.tracks
    shutil.rmtree(tmp_path / "set")
    others_set(tmp_path / "set", {"speech/1": 200, "speech/2": 200})
    with pytest.raises(TrainingError, match="no longer holds the recordings that "):
        others_of_run(tmp_path / "run")
    found = others_of_run(tmp_path / "before")  # whose record does not say which they were
    assert found
    assert len(found.tracks) == 2


def test_features_of_another_chain_are_refused(tmp_path: Path) -> None:
    others, chain = others_set(tmp_path / "set", {"speech/1": 200}), replace(CHAIN, hop_length=512)
    with pytest.raises(TrainingError, match="another signal chain"):
        OtherWindows(others, chain, LAYOUT, seed=0)
    for sets in (validation_sets, sets_for_test):
        with pytest.raises(TrainingError, match="another signal chain"):
            sets(others, chain)


def test_what_lies_in_one_folder_is_not_torn_apart(tmp_path: Path) -> None:
    names = [f"speech/{speaker}/{n}" for speaker in ("anna", "ben", "chloe", "dan", "eve") for n in range(4)]
    names += [f"noise/{n}" for n in range(20)]
    training, validation = split_others(others_set(tmp_path / "set", dict.fromkeys(names, 10)))
    speakers = [{track.name.split("/")[1] for track in part.tracks if "speech" in track.name}
                for part in (training, validation)]  # fmt: skip
    assert not speakers[0] & speakers[1]
    assert {track.genre for track in validation.tracks} == {"speech", "noise"}
    assert len(validation.tracks) == pytest.approx(0.2 * len(names), abs=2)
    assert len(training.tracks) + len(validation.tracks) == len(names)


def test_too_few_recordings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="too few recordings"):
        split_others(others_set(tmp_path / "set", {"speech/1": 200}))
