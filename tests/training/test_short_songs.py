"""training/short_songs.py: verdicts of short songs are as sure as they are right."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest

from model.contract import RowRule, WindowLayout, load_contract
from model.features import SignalChain
from tests.support import REPOSITORY
from tests.training.support import toy_log_mel
from training.__main__ import main
from training.feature_set import FeatureSet, FeatureSetWriter, open_feature_set
from training.score import WindowLogits
from training.short_songs import figures_by_length, middles_of, table_by_length, with_short_songs
from training.split import hash_names, write_split

GENRES, LAYOUT = ("drone", "hum"), WindowLayout()
FRAMES_A_SECOND = SignalChain().frame_rate_hz


def songs_of(folder: Path, lengths_s: list[float]) -> FeatureSet:
    """Two songs of each length, of a genre each, every one with other noise."""
    writer = FeatureSetWriter(folder, SignalChain())
    for number, length_s in enumerate(lengths_s):
        for genre, name in enumerate(GENRES):
            writer.add(f"{name}/{number}", name, toy_log_mel(genre, number, round(length_s * FRAMES_A_SECOND)))
    writer.finish({})
    return open_feature_set(folder)


def wavering(windows: np.ndarray) -> np.ndarray:
    """A network whose steps are often mistaken, each for itself, and whose mean over many is right."""
    steps = windows.reshape(len(windows), LAYOUT.window_steps, LAYOUT.frames_per_step, -1)
    louder = steps[..., 20:40].mean(axis=(2, 3)) - steps[..., 50:70].mean(axis=(2, 3))
    noise = steps[..., 0, 100] + 50  # 6 dB of it: no band that tells the genre
    return np.stack([louder / 35 + noise, -louder / 35 - noise], axis=-1).astype(np.float32)


def fitted(songs: FeatureSet, network: WindowLogits, rule: RowRule) -> RowRule:
    return with_short_songs(songs, middles_of(songs, GENRES, network, LAYOUT, rule), rule)


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return songs_of(tmp_path_factory.mktemp("short"), [30.0] * 40)


def test_short_songs_are_less_sure_and_nearer_to_how_often_they_are_right(songs: FeatureSet) -> None:
    rule = fitted(songs, wavering, RowRule(verdict_temperature=2.0))
    assert 2 <= rule.short_verdict_below_s <= 30
    assert rule.short_verdict_temperature > 1.2
    figures = figures_by_length(middles_of(songs, GENRES, wavering, LAYOUT, rule), rule)
    assert [(each.length_s, each.n_songs) for each in figures] == [(s, 80) for s in (1, 2, 4, 8, 16)]
    shortest = figures[0]
    assert 0.5 < shortest.accuracy < 0.9
    missed = abs(shortest.confidence - shortest.accuracy)
    assert missed < 0.5 * abs(shortest.confidence_of_whole - shortest.accuracy)
    assert shortest.surprise < shortest.surprise_of_whole
    assert "1 s " in table_by_length(figures)[1]


def test_where_short_songs_are_as_right_as_long_ones_nothing_changes(songs: FeatureSet) -> None:
    def always_right(windows: np.ndarray) -> np.ndarray:
        steps = windows.reshape(len(windows), LAYOUT.window_steps, LAYOUT.frames_per_step, -1)
        louder = steps[..., 20:40].mean(axis=(2, 3)) - steps[..., 50:70].mean(axis=(2, 3))
        return np.stack([louder, -louder], axis=-1).astype(np.float32)

    rule = fitted(songs, always_right, RowRule(verdict_temperature=20.0))
    assert rule.short_verdict_temperature == pytest.approx(1, abs=0.01)


def test_a_middle_has_as_many_rows_as_seconds(songs: FeatureSet) -> None:
    middles = middles_of(songs, GENRES, wavering, LAYOUT, RowRule())
    assert {length_s: {len(song.rows) for song in scored} for length_s, scored in middles.items()} == {
        length_s: {length_s} for length_s in (1, 2, 4, 8, 16)
    }


def test_the_middle_of_a_song_is_heard(songs: FeatureSet) -> None:
    heard: list[np.ndarray] = []

    def noting(windows: np.ndarray) -> np.ndarray:
        heard.append(windows)
        return wavering(windows)

    middles_of(songs, GENRES, noting, LAYOUT, RowRule())
    n_frames = 12  # of a second's: the first sample of the thirteenth is at 0.93 s, its last at 1.02
    whole = songs.log_mel_of(songs.tracks[0])
    first = (len(whole) - n_frames) // 2
    np.testing.assert_array_equal(heard[0][0, :n_frames], whole[first : first + n_frames])
    np.testing.assert_array_equal(heard[0][0, n_frames], whole[first])  # it repeats itself


def test_songs_that_are_short_themselves_say_nothing_of_longer_ones(tmp_path: Path) -> None:
    songs = songs_of(tmp_path, [3.0] * 8)
    rule = fitted(songs, wavering, RowRule())
    assert rule.short_verdict_below_s <= 3


def test_songs_of_a_second_leave_the_rule_as_it_is(tmp_path: Path) -> None:
    songs = songs_of(tmp_path, [1.0] * 4)
    assert fitted(songs, wavering, RowRule()) == RowRule()


@pytest.fixture
def options(tmp_path: Path) -> list[str]:
    """Of `calibrate`: a copy of the shipped model, told to have learned from the training songs of a toy split."""
    model = copytree(REPOSITORY / "model", tmp_path / "model", ignore=lambda *_: ["CARD.md", "__pycache__"])
    (tmp_path / "set").mkdir()
    writer = FeatureSetWriter(tmp_path / "set", SignalChain())
    split: dict[str, list[str]] = {"train": [], "valid": [], "test": []}
    for number in range(4):
        for genre, name in enumerate(("jazz", "rock")):
            writer.add(f"{name}/{number}", name, toy_log_mel(genre, number, 150))
            split["valid" if number else "train"].append(f"{name}/{number}")
    writer.finish({})
    write_split(split, tmp_path / "split.json", "by hand")
    change_contract(model, train_songs_sha256=hash_names(split["train"]))
    where = ("--model", model, "--set", tmp_path / "set", "--split", tmp_path / "split.json")
    return ["calibrate", *map(str, where)]


def change_contract(model: Path, train_songs_sha256: str) -> None:
    contract = json.loads((model / "contract.json").read_text(encoding="utf-8"))
    contract["training"]["train_songs_sha256"] = train_songs_sha256
    contract["rows"].pop("short_verdict_temperature")
    (model / "contract.json").write_text(json.dumps(contract), encoding="utf-8")


def test_a_model_that_is_there_is_told_of_short_songs(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    model = Path(options[2])
    before = load_contract(model)
    assert main(options) == 0
    after = load_contract(model)
    assert after.rows.short_verdict_temperature != 1
    assert 1 < after.rows.short_verdict_below_s <= 11  # songs of 11.6 s
    short = {key: before.rows.__dict__[key] for key in ("short_verdict_temperature", "short_verdict_below_s")}
    assert replace(after.rows, **short) == before.rows
    assert {**after.raw, "rows": 0} == {**before.raw, "rows": 0}
    assert f"short_verdict_temperature {after.rows.short_verdict_temperature}" in capsys.readouterr().out


def test_songs_that_the_model_may_know_are_refused(options: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    model = Path(options[2])
    (model / "contract.json").write_bytes((REPOSITORY / "model/contract.json").read_bytes())
    assert main(options) == 1
    assert "not the validation songs of" in capsys.readouterr().err
    assert (model / "contract.json").read_bytes() == (REPOSITORY / "model/contract.json").read_bytes()
