"""training/abstention_report.py: the shares of a rule whose errors are known."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.contract import Contract, RowRule, load_contract
from model.features import SignalChain
from tests.support import REPOSITORY
from tests.training.support import toy_set
from training.abstention import NONE
from training.abstention_report import abstention_figures, as_lines, measure_abstention, others_label, told_by_length
from training.errors import TrainingError
from training.feature_set import Track
from training.score import SongLogits
from training.split import hash_names
from training.synthetic import MAKERS

RULE = RowRule(unsure_below=0.6, verdict_unsure_below=0.7)
LABELS = {"songs": "toy songs", "others_are": "3 recordings"}


def song(top: list[float], genre: int, kind: str = "a") -> SongLogits:
    """A song whose seconds give genre 0 of two these probabilities."""
    p = np.array(top)
    return SongLogits(Track("song", kind, 0, 1), np.log(np.stack([p, 1 - p], axis=1)).astype(np.float32), genre)


TAUGHT = [
    song([0.9, 0.9, 0.55, 0.9], 0),  # its verdict: 0.8125
    song([0.55, 0.95], 0),  # 0.75
    song([0.55, 0.65], 0),  # 0.6, lost
    song([0.55, 0.55], 1),  # 0.55, wrong
]
OTHERS = [song([0.95, 0.95], NONE, "speech"), song([0.51], NONE, "speech"), song([0.52, 0.65], NONE, "tone")]


def test_recordings_of_one_folder_are_one_draw() -> None:
    """Two folders, of which one is named as a whole and the other not: none, half or all of a draw is named."""
    spoken = [(f"speech/{'ab'[i % 2]}/{i}.wav", [0.95] if i % 2 else [0.51]) for i in range(40)]
    heard = [song(top, NONE, "speech") for _, top in spoken]
    named = [replace(each, track=replace(each.track, name=name)) for each, (name, _) in zip(heard, spoken, strict=True)]
    (speech,) = abstention_figures(TAUGHT, named, RULE)["others"]
    assert (speech["n_songs"], speech["n_sources"], speech["seconds_named"]) == (40, 2, 0.5)
    assert speech["seconds_named_ci95"] == speech["verdicts_named_ci95"] == [0, 1]


def test_recordings_of_no_folder_are_draws_of_their_own_and_one_alone_has_no_interval() -> None:
    alone = [song([0.95] if i % 2 else [0.51], NONE, "tone") for i in range(100)]
    (tone,) = abstention_figures(TAUGHT, alone, RULE)["others"]
    low, high = tone["seconds_named_ci95"]
    assert (tone["n_sources"], low, high) == (100, pytest.approx(0.4, abs=0.02), pytest.approx(0.6, abs=0.02))
    (tone,) = abstention_figures(TAUGHT, alone[:1], RULE)["others"]
    assert tone["seconds_named_ci95"] is None


def test_shares_of_taught_music() -> None:
    figures = abstention_figures(TAUGHT, OTHERS, RULE)
    assert (figures["unsure_below"], figures["verdict_unsure_below"]) == (0.6, 0.7)
    assert figures["taught"] == pytest.approx(
        {
            "n_songs": 4,
            "seconds_unsure": (0.25 + 0.5 + 0.5 + 1) / 4,
            "right_seconds_unsure": (0.25 + 0.5 + 0.5) / 3,
            "second_accuracy": 0.75,
            "second_accuracy_named": 1.0,
            "verdicts_unsure": 0.5,
            "right_verdicts_unsure": 1 / 3,
            "verdict_accuracy": 0.75,
            "verdict_accuracy_named": 1.0,
        }
    )


def test_shares_of_each_other_kind() -> None:
    speech, tone = abstention_figures(TAUGHT, OTHERS, RULE)["others"]
    assert (speech["kind"], speech["n_songs"], tone["kind"], tone["n_songs"]) == ("speech", 2, "tone", 1)
    assert (speech["seconds_named"], speech["verdicts_named"]) == pytest.approx((0.5, 0.5))
    assert (tone["seconds_named"], tone["verdicts_named"]) == pytest.approx((0.5, 0))


def test_recordings_under_a_window_are_a_kind_of_their_own_where_there_are_longer_ones() -> None:
    def of(kind: str, n_frames: int) -> SongLogits:
        return replace(song([0.9], NONE), track=Track("song", kind, 0, n_frames))

    recordings = [of("noise", 128), of("noise", 127), of("speech", 20), of("tone", 500)]
    told = told_by_length(recordings, 128, SignalChain())
    assert [each.track.genre for each in told] == ["noise", "noise, under 9.9 s", "speech", "tone"]


def test_auroc_is_the_share_of_pairs_in_order() -> None:
    figures = abstention_figures([song([0.6], 0), song([0.9], 0)], [song([0.7], NONE), song([0.55], NONE)], RULE)
    assert figures["others"][0]["seconds_auroc"] == pytest.approx(3 / 4)


def test_what_is_not_there_has_no_figure_and_can_be_written_down() -> None:
    figures = abstention_figures([song([0.9], 1)], OTHERS, RowRule(unsure_below=0.99, verdict_unsure_below=0.99))
    taught = figures["taught"]
    assert taught["right_seconds_unsure"] is None
    assert taught["verdict_accuracy_named"] is None
    assert taught["second_accuracy"] == 0
    assert json.loads(json.dumps(figures, allow_nan=False)) == figures
    assert "–" in "\n".join(as_lines({**figures, **LABELS}))


def test_the_table_names_songs_and_kinds() -> None:
    text = "\n".join(as_lines({**abstention_figures(TAUGHT, OTHERS, RULE), **LABELS}))
    for words in (
        "toy songs: 4 songs of taught genres",
        "3 recordings",
        "unsure below     0.600",
        "56.2%",
        "speech",
        "tone",
    ):
        assert words in text


@pytest.fixture(scope="module")
def contract() -> Contract:
    """The shipped model's numbers, with genres of our own."""
    return replace(load_contract(REPOSITORY / "model"), genres=("drone", "hum", "whistle"), rows=RULE)


def loudest_band(windows: np.ndarray) -> np.ndarray:
    """A network made by hand: sure where one of the bands that toy_log_mel uses is louder than the others."""
    steps = windows.reshape(len(windows), 32, 4, -1).mean(axis=2)
    return np.stack([steps[..., 20 + 30 * genre : 40 + 30 * genre].mean(axis=-1) for genre in range(3)], axis=-1)


def test_songs_others_and_signals_are_all_heard(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.others.SIGNALS_A_KIND", 1)
    songs = toy_set(tmp_path / "songs", n_songs=2)
    others = toy_set(tmp_path / "others", n_songs=1, genres=("rain", "speech"))
    figures = measure_abstention(songs, others, loudest_band, contract)
    assert figures["taught"]["n_songs"] == 6
    assert figures["taught"]["second_accuracy"] == 1
    assert figures["taught"]["seconds_unsure"] == 0
    kinds = {kind["kind"]: kind for kind in figures["others"]}
    assert set(kinds) == {"rain", "speech", *MAKERS}
    assert kinds["rain"]["seconds_named"] == 1  # it is made as the songs are


def test_songs_that_the_model_cannot_know_are_refused(contract: Contract, tmp_path: Path) -> None:
    songs = toy_set(tmp_path / "songs", n_songs=1)
    with pytest.raises(TrainingError, match="was not taught whistle; it knows drone, hum"):
        measure_abstention(songs, None, loudest_band, replace(contract, genres=("drone", "hum")))
    with pytest.raises(TrainingError, match="another signal chain"):
        measure_abstention(songs, None, loudest_band, replace(contract, chain=SignalChain(hop_length=512)))


def test_recordings_that_the_model_knows_are_told_from_others(contract: Contract, tmp_path: Path) -> None:
    others = toy_set(tmp_path / "others", n_songs=2, genres=("rain", "speech"))
    known = hash_names(track.name for track in others.tracks)
    for training, said in (
        ({"others_sha256": known}, "was trained to be unsure of these recordings: measure on others"),
        ({"others_sha256": hash_names(["rain/0"])}, "not the set that .*, which may hold some of them, too"),
        ({"others_sha256": None}, "was trained to be unsure of signals like the latter alone"),
        ({}, "is not known"),
    ):
        model = replace(contract, raw={"training": training})
        assert re.fullmatch(f"4 recordings and synthetic signals - .*{said}", others_label(others, model))
        assert others_label(None, model) == "synthetic signals alone"
