"""training/robustness.py: songs perturbed and heard as /predict hears them, by the shipped model."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from model.predictor import Predictor
from tests.support import REPOSITORY, make_audio
from training.__main__ import main
from training.clips import find_clips
from training.errors import TrainingError
from training.perturbations import PERTURBATIONS, Perturbation, decoded
from training.robustness import Heard, SongHeard, as_json, as_lines, hear_all, seconds_changed
from training.soundtools import Audio

SONG = REPOSITORY / "tests/songs/formats/mono-32000.flac"
WAYS = (
    Perturbation("nothing", "as it is", lambda audio: audio),
    Perturbation(
        "first half", "of the song", lambda audio: Audio(audio.samples[: len(audio.samples) // 2], audio.rate_hz)
    ),
)


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(REPOSITORY / "model")


@pytest.fixture
def music(tmp_path: Path) -> Path:
    """One song, which is called blues."""
    (tmp_path / "music/blues").mkdir(parents=True)
    shutil.copy(SONG, tmp_path / "music/blues/blues.00000.flac")
    return tmp_path / "music"


def heard(*seconds: int, verdict: int = 0, speed: float = 1.0) -> Heard:
    return Heard(np.array(seconds), verdict, (np.arange(len(seconds)) + 0.5) * speed)


def test_songs_are_heard_as_predict_hears_them(music: Path, predictor: Predictor) -> None:
    (song,), skipped = hear_all(find_clips(music), predictor, WAYS)
    as_it_is = decoded(SONG)
    for found, audio in zip(
        (song.clean, *song.perturbed), (as_it_is, *(way.apply(as_it_is) for way in WAYS)), strict=True
    ):
        analysis = predictor.analyse([audio.samples], audio.rate_hz)
        np.testing.assert_array_equal(found.seconds, analysis.probabilities.argmax(axis=1))
        assert found.verdict == analysis.verdict.argmax()
    assert song.genre == predictor.contract.genres.index("blues")
    assert not skipped


def test_what_does_nothing_changes_nothing(music: Path, predictor: Predictor) -> None:
    songs, _ = hear_all(find_clips(music), predictor, WAYS[:1])
    (nothing,) = as_json(songs, WAYS[:1])["variants"]
    assert nothing["seconds_changed"] == nothing["verdicts_changed"] == 0


def test_what_cannot_be_heard_is_left_out_and_said(music: Path, predictor: Predictor) -> None:
    (music / "blues/broken.mp3").write_bytes(b"\xff\xfb\x90\x00" + bytes(100))
    make_audio(music / "blues/short.wav", source="sine=440:duration=0.5")
    songs, skipped = hear_all(find_clips(music), predictor, WAYS[:1])
    assert len(songs) == 1
    assert set(skipped) == {"blues/broken.mp3", "blues/short.wav"}
    assert "at least 1 s" in skipped["blues/short.wav"]
    (music / "blues/blues.00000.flac").unlink()
    with pytest.raises(TrainingError, match="none of the 2 songs can be heard: blues/broken"):
        hear_all(find_clips(music), predictor, WAYS[:1])


def test_a_genre_it_was_not_taught_is_refused(music: Path, predictor: Predictor) -> None:
    (music / "blues").rename(music / "polka")
    with pytest.raises(TrainingError, match="was not taught polka"):
        hear_all(find_clips(music), predictor, WAYS)


def test_seconds_are_compared_at_the_same_place_of_the_song() -> None:
    clean = heard(0, 0, 1, 1)
    assert seconds_changed(clean, heard(0, 1, 1, 1)).tolist() == [False, True, False, False]
    assert seconds_changed(clean, heard(0, 1, speed=2.0)).tolist() == [False, False]
    assert seconds_changed(clean, heard(0, 0, 0, 0, 1, 1, 1, 1, 1, speed=0.5)).tolist() == [False] * 9


def test_silence_before_the_song_is_no_second_of_it(music: Path, predictor: Predictor) -> None:
    ways = [way for way in PERTURBATIONS if way.starts_s]
    assert {way.starts_s for way in ways} == {-2.0, 0.4}
    (song,), _ = hear_all(find_clips(music), predictor, ways)
    by_start = {way.starts_s: found for way, found in zip(ways, song.perturbed, strict=True)}
    n_seconds = len(song.clean.seconds)
    np.testing.assert_allclose(by_start[-2.0].places_s, np.arange(n_seconds) + 0.5)
    np.testing.assert_allclose(by_start[0.4].places_s[:2], [0.9, 1.9])
    assert len(by_start[0.4].seconds) == n_seconds


def test_the_figures_are_shares() -> None:
    songs = [
        SongHeard(0, heard(0, 0, 1, 0), (heard(0, 1, 1, 1, verdict=1),)),
        SongHeard(1, heard(1, 1, verdict=1), (heard(1, 1, verdict=1),)),
    ]
    figures = as_json(songs, WAYS[:1])
    assert figures["n_clips"] == 2
    assert figures["clean"]["clip_accuracy"] == 1
    assert figures["clean"]["second_accuracy"] == pytest.approx((0.75 + 1) / 2)
    (variant,) = figures["variants"]
    assert (variant["name"], variant["clip_accuracy"], variant["clip_accuracy_ci95"]) == ("nothing", 0.5, [0, 1])
    assert (variant["second_accuracy"], variant["seconds_changed"]) == ((0.25 + 1) / 2, (0.5 + 0) / 2)
    assert variant["verdicts_changed"] == 0.5
    assert [line.split()[0] for line in as_lines(figures)] == ["songs", "as", "nothing"]


def test_the_command_keeps_its_figures(music: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (music / "blues/blues.00029.wav").write_bytes(b"of the training part: not even opened")
    model, evidence = str(REPOSITORY / "model"), tmp_path / "evidence"
    arguments = ["robustness", str(music), "--model", model, "--split", "fault-filtered", "--evidence", str(evidence)]
    assert main(arguments) == 0
    figures = json.loads((evidence / "robustness.json").read_text())
    assert figures["n_clips"] == 1
    assert figures["songs"].startswith("valid part (GTZAN's fault-filtered split, Kereliuk et al. 2015) - ")
    assert [variant["name"] for variant in figures["variants"]] == [way.name for way in PERTURBATIONS]
    assert "skipped" not in capsys.readouterr().out


def test_songs_of_no_split_may_have_been_trained_on(
    music: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("training.robustness.hear_all.__defaults__", (WAYS[:1],))
    monkeypatch.setattr("training.robustness.as_json.__defaults__", (WAYS[:1],))
    model, evidence = str(REPOSITORY / "model"), tmp_path / "evidence"
    assert main(["robustness", str(music), "--model", model, "--evidence", str(evidence)]) == 0
    label = json.loads((evidence / "robustness.json").read_text())["songs"]
    assert label.endswith("the model may have been trained on some of them")
    assert label in capsys.readouterr().out


def test_a_part_without_a_split_is_refused(music: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["robustness", str(music), "--part", "test"]) == 1
    assert "Say --split too" in capsys.readouterr().err
