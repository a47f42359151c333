"""model/predictor.py: PCM to the result object, on the shipped model."""

from __future__ import annotations

import shutil
import tracemalloc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.audio import TooShort, open_audio
from model.predictor import Predictor
from tests.support import REPOSITORY


@pytest.fixture(scope="module")
def predictor() -> Predictor:
    return Predictor(REPOSITORY / "model")


def tone(duration_s: float, rate_hz: int = 22_050) -> np.ndarray:
    time_s = np.arange(int(duration_s * rate_hz)) / rate_hz
    return (0.2 * np.sin(2 * np.pi * 220 * time_s))[:, np.newaxis].astype(np.float32)


def test_a_song_gets_a_row_a_second_that_adds_up_to_one(predictor: Predictor) -> None:
    with open_audio(REPOSITORY / "tests/songs/reggae.mp3") as audio:
        result = predictor.analyse(audio, audio.sample_rate_hz).to_json()
    rows = np.array(result["probabilities"])
    assert rows.shape == (int(np.ceil(result["duration_s"])), 10)
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-4)
    verdict = result["verdict"]
    assert verdict["confidence"] == max(verdict["probabilities"].values())
    assert verdict["probabilities"][verdict["genre"]] == verdict["confidence"]
    assert list(verdict["probabilities"]) == result["genres"]


@pytest.mark.parametrize("below", [0.0, 0.6, 1.0])
def test_what_is_not_clear_is_called_unsure_and_keeps_its_numbers(predictor: Predictor, below: float) -> None:
    with open_audio(REPOSITORY / "tests/songs/reggae.mp3") as audio:
        analysis = predictor.analyse(audio, audio.sample_rate_hz)
    rules = replace(predictor.contract.rows, unsure_below=below, verdict_unsure_below=below)
    plain = analysis.to_json()
    result = replace(analysis, contract=replace(predictor.contract, rows=rules)).to_json()
    assert result["unsure"] == [max(row) < below for row in result["probabilities"]]
    assert result["verdict"]["unsure"] is (result["verdict"]["confidence"] < below)
    assert result["probabilities"] == plain["probabilities"]
    assert result["verdict"] | {"unsure": None} == plain["verdict"] | {"unsure": None}


def test_a_contract_that_was_read_is_not_read_again(predictor: Predictor, tmp_path: Path) -> None:
    for file in predictor.contract.files:
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(predictor.contract.folder / file, tmp_path / file)
    again = Predictor(replace(predictor.contract, folder=tmp_path))  # where no contract.json is
    np.testing.assert_array_equal(
        again.analyse([tone(3)], 22_050).verdict, predictor.analyse([tone(3)], 22_050).verdict
    )


def test_blocks_do_not_matter(predictor: Predictor) -> None:
    pcm = tone(12)
    whole = predictor.analyse([pcm], 22_050)
    cut = predictor.analyse(np.array_split(pcm, 37), 22_050)
    np.testing.assert_allclose(cut.probabilities, whole.probabilities, atol=1e-6)


def test_rows_come_while_the_song_is_still_being_decoded(predictor: Predictor) -> None:
    song, asked = predictor.song_stream(22_050), []

    def blocks() -> Iterator[np.ndarray]:
        for n in range(30):
            asked.append(n)
            yield tone(3)

    first = next(rows for rows in predictor.rows_as_they_come(song, blocks()) if len(rows))
    assert first.shape[1] == 10
    assert len(asked) < 30


@pytest.mark.parametrize("step_s", [0.25, 5.0])
def test_a_step_of_ones_own_changes_the_rows_and_not_the_verdict(predictor: Predictor, step_s: float) -> None:
    pcm = np.concatenate([tone(8), np.random.default_rng(1).normal(0, 0.1, (15 * 22_050, 1)).astype(np.float32)])
    plain = predictor.analyse([pcm], 22_050)
    other = predictor.analyse([pcm], 22_050, step_s)
    assert len(other.probabilities) == np.ceil(23 / step_s)
    assert other.to_json()["step_s"] == step_s
    assert other.to_json()["verdict"] == plain.to_json()["verdict"]
    if step_s < 1:  # the row in the middle of a second hears what that second's does
        np.testing.assert_allclose(other.probabilities.reshape(23, 4, -1).mean(axis=1), plain.probabilities, atol=0.1)


@pytest.mark.parametrize("gain_db", [-12, 12])
def test_level_changes_hardly_anything(predictor: Predictor, gain_db: float) -> None:
    with open_audio(REPOSITORY / "tests/songs/blues.mp3") as audio:
        pcm = np.concatenate(list(audio))
        plain = predictor.analyse([pcm], audio.sample_rate_hz)
        gained = predictor.analyse([pcm * np.float32(10 ** (gain_db / 20))], audio.sample_rate_hz)
    np.testing.assert_allclose(gained.probabilities, plain.probabilities, atol=0.01)


@pytest.mark.parametrize("duration_s", [0.0, 0.05, 0.99])
def test_too_short_says_how_short(predictor: Predictor, duration_s: float) -> None:
    with pytest.raises(TooShort, match=rf"{duration_s:.2f} s long; at least 1 s"):
        predictor.analyse([tone(duration_s)], 22_050)


def test_a_second_is_enough(predictor: Predictor) -> None:
    assert predictor.analyse([tone(1)], 22_050).probabilities.shape == (1, 10)


def test_memory_does_not_grow_with_the_song(predictor: Predictor) -> None:
    def peak_bytes(minutes: int) -> int:
        block = tone(3)
        tracemalloc.start()
        try:
            predictor.analyse((block for _ in range(20 * minutes)), 22_050)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    assert peak_bytes(20) < peak_bytes(1) + 1e6  # 20 minutes are 106 MB of PCM and 8 MB of log-mel


def test_silence_has_an_answer(predictor: Predictor) -> None:
    analysis = predictor.analyse([np.zeros((22_050 * 12, 1), np.float32)], 22_050)
    assert np.isfinite(analysis.probabilities).all()


def test_several_songs_at_once_do_not_mix(predictor: Predictor) -> None:
    songs = [tone(3 + i) for i in range(6)]
    alone = [predictor.analyse([song], 22_050).probabilities for song in songs]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(lambda song: predictor.analyse([song], 22_050).probabilities, songs))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
