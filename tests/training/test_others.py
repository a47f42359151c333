"""training/others.py: which windows of none of the genres the network is shown, and which are kept from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.contract import WindowLayout
from model.features import SignalChain
from training.errors import TrainingError
from training.feature_set import FeatureSet, FeatureSetWriter, open_feature_set
from training.others import OtherWindows, split_others

CHAIN, LAYOUT = SignalChain(), WindowLayout()


@pytest.fixture(scope="module", autouse=True)
def few_signals() -> Iterator[None]:
    """Of each synthetic kind as many as the tests need: they take a while to make."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("training.others.SIGNALS_A_KIND", 5)
        yield


def others_set(folder: Path, n_frames: dict[str, int]) -> FeatureSet:
    """A set of flat spectra: its first recording is at 1 dB, the next at 2 dB, … No synthetic signal is as loud."""
    folder.mkdir()
    writer = FeatureSetWriter(folder, CHAIN)
    for number, (name, frames) in enumerate(n_frames.items()):
        writer.add(name, name.split("/")[0], np.full((frames, CHAIN.n_mels), number + 1.0))
    writer.finish({})
    return open_feature_set(folder)


@pytest.fixture(scope="module")
def windows(tmp_path_factory: pytest.TempPathFactory) -> OtherWindows:
    speech = {f"speech/{n}": 300 for n in range(3)}
    others = others_set(tmp_path_factory.mktemp("others") / "set", speech | {"noise/hours of rain": 9000})
    return OtherWindows(others, CHAIN, LAYOUT, seed=5)


def test_kinds_are_drawn_equally_often_and_signals_count_as_one(windows: OtherWindows) -> None:
    drawn = windows.draw(600, epoch=0, index=0)
    assert drawn.shape == (600, LAYOUT.window_frames, CHAIN.n_mels)
    flat = np.ptp(drawn, axis=(1, 2)) == 0
    level = np.where(flat, drawn[:, 0, 0], np.nan)
    shares = [np.isin(level, (1, 2, 3)).mean(), (level == 4).mean(), 1 - np.isin(level, (1, 2, 3, 4)).mean()]
    np.testing.assert_allclose(shares, 1 / 3, atol=0.07)
    assert set(level[np.isin(level, (1, 2, 3))]) == {1, 2, 3}


def test_the_same_place_in_the_training_gives_the_same_windows(windows: OtherWindows) -> None:
    first = windows.draw(8, epoch=2, index=3)
    np.testing.assert_array_equal(windows.draw(8, epoch=2, index=3), first)
    assert (windows.draw(8, epoch=3, index=3) != first).any()
    assert (windows.draw(8, epoch=2, index=4) != first).any()


def test_without_a_set_of_others_there_are_the_synthetic_signals() -> None:
    drawn = OtherWindows(None, CHAIN, LAYOUT, seed=0).draw(40, epoch=0, index=0)
    assert drawn.min() == pytest.approx(-100)  # digital silence, as loud as the chain says it is
    assert (np.ptp(drawn, axis=(1, 2)) > 40).sum() > 20


def test_features_of_another_chain_are_refused(tmp_path: Path) -> None:
    others = others_set(tmp_path / "set", {"speech/1": 200})
    with pytest.raises(TrainingError, match="another signal chain"):
        OtherWindows(others, replace(CHAIN, hop_length=512), LAYOUT, seed=0)


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
