"""training/evaluate.py and calibrate.py: figures of songs whose answers are known."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.contract import RowRule, WindowLayout
from model.windows import softmax, verdict_probabilities
from tests.training.support import toy_set
from training.calibrate import fit_temperatures
from training.errors import TrainingError
from training.evaluate import as_text, evaluate, summarise, write_evaluation
from training.feature_set import FeatureSet, Track
from training.metrics import expected_calibration_error
from training.score import SongLogits

LAYOUT, RULE = WindowLayout(), RowRule()
GENRES = ("drone", "hum", "whistle")


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return toy_set(tmp_path_factory.mktemp("evaluate") / "set", n_songs=4)


def listening_to_the_band(windows: np.ndarray) -> np.ndarray:
    """A network made by hand: logits are the loudness of the three bands that toy_log_mel uses."""
    steps = windows.reshape(len(windows), LAYOUT.window_steps, LAYOUT.frames_per_step, -1).mean(axis=2)
    return np.stack([steps[..., 20 + 30 * g : 40 + 30 * g].mean(axis=-1) for g in range(3)], axis=-1)


def test_a_network_that_hears_right_is_right(songs: FeatureSet) -> None:
    result = evaluate(songs, GENRES, listening_to_the_band, LAYOUT, RULE)
    assert (result.clip_accuracy, result.second_accuracy, result.macro_f1) == (1, 1, 1)
    assert result.n_clips == 12
    np.testing.assert_array_equal(result.confusion, np.eye(3, dtype=int) * 4)


def test_a_network_that_mixes_two_up_is_found_out(songs: FeatureSet) -> None:
    result = evaluate(songs, GENRES, lambda w: listening_to_the_band(w)[..., [1, 0, 2]], LAYOUT, RULE)
    assert result.clip_accuracy == pytest.approx(1 / 3)
    assert result.per_genre["whistle"]["recall"] == 1
    assert result.per_genre["hum"] == {"precision": 0, "recall": 0, "f1": 0, "n": 4}


def test_a_genre_it_was_not_taught_is_refused(songs: FeatureSet) -> None:
    with pytest.raises(TrainingError, match="was not taught whistle"):
        evaluate(songs, GENRES[:2], listening_to_the_band, LAYOUT, RULE)


def test_the_json_has_the_names_that_scripts_rely_on(songs: FeatureSet) -> None:
    data = json.loads(json.dumps(evaluate(songs, GENRES, listening_to_the_band, LAYOUT, RULE).to_json()))
    assert set(data) == {
        "clip_accuracy", "clip_accuracy_ci95", "second_accuracy", "macro_f1", "ece", "n_clips", "per_genre",
    }  # fmt: skip
    assert set(data["per_genre"]["hum"]) == {"precision", "recall", "f1", "n"}


def test_files_are_written(songs: FeatureSet, tmp_path: Path) -> None:
    result = evaluate(songs, GENRES, listening_to_the_band, LAYOUT, RULE)
    write_evaluation(result, tmp_path / "out", "toy songs", {"name": "toy", "version": "1"})
    with (tmp_path / "out/confusion.csv").open() as file:
        assert list(csv.reader(file))[2] == ["hum", "0", "4", "0"]
    assert (tmp_path / "out/confusion.png").read_bytes().startswith(b"\x89PNG")
    with (tmp_path / "out/reliability.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["n"]) for row in rows if row["of"] == "verdicts") == 12
    assert (tmp_path / "out/reliability.png").read_bytes().startswith(b"\x89PNG")
    data = json.loads((tmp_path / "out/evaluation.json").read_text())
    assert (data["songs"], data["model"]["version"]) == ("toy songs", "1")
    assert data["confusion"] == [[4, 0, 0], [0, 4, 0], [0, 0, 4]]
    assert data["reliability_cross_fitted"] is None


def test_calibration_on_the_songs_that_fitted_it_is_also_measured_with_temperatures_of_others(
    songs: FeatureSet,
) -> None:
    rule = replace(RULE, verdict_temperature=30.0)
    result = evaluate(songs, GENRES, listening_to_the_band, LAYOUT, rule, fitted_on_these=True)
    assert result.reliability.ece > 0.2  # always right, seldom sure: the temperature is wrong
    assert result.cross_fitted is not None
    assert result.cross_fitted.ece < 0.1  # as sure as nine or ten songs make it


def test_the_stated_calibration_is_the_one_of_other_songs_wherever_it_is_stated(
    songs: FeatureSet, tmp_path: Path
) -> None:
    rule = replace(RULE, verdict_temperature=30.0)
    result = evaluate(songs, GENRES, listening_to_the_band, LAYOUT, rule, fitted_on_these=True)
    assert result.cross_fitted is not None
    expected = round(result.cross_fitted.ece, 4)
    assert result.to_json()["ece"] == expected
    write_evaluation(result, tmp_path, "toy songs", {"name": "toy", "version": "1"})
    data = json.loads((tmp_path / "evaluation.json").read_text())
    assert (data["ece"], data["reliability"]["ece"]) == (expected, result.reliability.ece)
    text = as_text(result, "toy songs")
    assert f"calibration ECE  {expected:.3f}  (cross-fitted: each fifth of the songs at temperatures" in text
    assert f"{result.reliability.ece:.3f} at temperatures fitted on these very songs" in text


def test_calibration_on_other_songs_is_that_of_the_shipped_temperatures(songs: FeatureSet) -> None:
    rule = replace(RULE, verdict_temperature=30.0)
    result = evaluate(songs, GENRES, listening_to_the_band, LAYOUT, rule)
    assert result.to_json()["ece"] == round(result.reliability.ece, 4)
    assert f"calibration ECE  {result.reliability.ece:.3f}\n" in as_text(result, "toy songs")


def test_the_table_names_songs_interval_and_genres(songs: FeatureSet) -> None:
    text = as_text(evaluate(songs, GENRES, listening_to_the_band, LAYOUT, RULE), "toy songs")
    assert "toy songs: 12 songs" in text
    assert "95 % interval 1.000 to 1.000" in text
    assert "whistle" in text


def overconfident(n: int = 300, right: float = 0.7) -> list[SongLogits]:
    """Songs whose logits say 99.9 % and are right in 70 % of the cases."""
    rng = np.random.default_rng(0)
    track = Track("song", "drone", 0, 1)
    answers = np.where(rng.random(n) < right, 0, 1)
    return [SongLogits(track, np.tile(np.array([7.0, 0.0], np.float32), (10, 1)), int(answer)) for answer in answers]


def test_temperatures_make_confidence_mean_what_it_says() -> None:
    scored = overconfident()
    genre = np.array([song.genre for song in scored])
    rule = fit_temperatures(scored, RULE)
    before, after = (
        expected_calibration_error(np.stack([verdict_probabilities(song.rows, r) for song in scored]), genre)
        for r in (RULE, rule)
    )
    assert before > 0.25
    assert after < 0.01
    right = (genre == 0).mean()
    assert softmax(scored[0].rows[0], rule.temperature)[0] == pytest.approx(right, abs=0.01)


def test_the_interval_shrinks_with_songs() -> None:
    widths = [np.ptp(summarise(overconfident(n), ("a", "b"), RULE).clip_accuracy_ci95) for n in (30, 300)]
    assert widths[0] > 2 * widths[1]
