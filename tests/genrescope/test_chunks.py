"""genrescope/chunks.py: a song's chunks, the genre that most of them have, and what is told of them."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from genrescope.__main__ import main
from genrescope.chunks import Mode, chunks_object, chunks_of, mode_of
from genrescope.words import chunks_words
from model.contract import load_contract
from model.song_stream import Analysis
from tests.support import REPOSITORY, SONGS

CONTRACT = load_contract(REPOSITORY / "model")
MEDLEY = REPOSITORY / "static/sample/medley.mp3"


def song(*runs: tuple[str, float, int], step_s: float = 1.0) -> Analysis:
    """Runs of so many rows that are so sure of a genre, and of nothing else."""
    n_genres = len(CONTRACT.genres)
    rows = []
    for genre, share, n_rows in runs:
        row = np.full(n_genres, (1 - share) / (n_genres - 1))
        row[CONTRACT.genres.index(genre)] = share
        rows += [row] * n_rows
    n = len(rows)
    return Analysis(CONTRACT, n * step_s - 0.4, np.full((n, n_genres), 1 / n_genres), np.array(rows), step_s)


@pytest.mark.parametrize(
    ("n_rows", "chunk_s", "step_s", "bounds"),
    [
        (60, 30, 1.0, [0, 30, 59.6]),
        (74, 30, 1.0, [0, 30, 73.6]),  # less than half of one is part of the last
        (75, 30, 1.0, [0, 30, 60, 74.6]),
        (7, 3, 1.0, [0, 3, 6.6]),
        (8, 3, 1.0, [0, 3, 6, 7.6]),
        (5, 30, 1.0, [0, 4.6]),
        (12, 3, 0.5, [0, 3, 5.6]),
        (8, 2.5, 1.0, [0, 3, 6, 7.6]),
        (8, 1, 2.0, [0, 2, 4, 6, 8, 10, 12, 14, 15.6]),
    ],
)
def test_chunks_lie_side_by_side_from_start_to_end(
    n_rows: int, chunk_s: float, step_s: float, bounds: list[float]
) -> None:
    chunks = chunks_of(song(("jazz", 0.9, n_rows), step_s=step_s), chunk_s)
    assert [chunk.start_s for chunk in chunks] == pytest.approx(bounds[:-1])
    assert [chunk.end_s for chunk in chunks] == pytest.approx(bounds[1:])


def test_a_chunks_verdict_is_the_mean_of_its_rows() -> None:
    jazz, rock = (CONTRACT.genres.index(genre) for genre in ("jazz", "rock"))
    first, second = chunks_of(song(("jazz", 1, 4), ("rock", 1, 2)), 3)
    assert first.verdict[jazz] == 1
    assert [second.verdict[genre] for genre in (jazz, rock)] == pytest.approx([1 / 3, 2 / 3])


def test_the_mode_counts_chunks_and_the_mean_their_sureness() -> None:
    heard = song(("jazz", 0.3, 9), ("rock", 1.0, 6))
    told = chunks_object(heard, 3, top=2)
    assert told["mode"] == {"genre": "jazz", "n_chunks": 3}
    assert CONTRACT.genres[heard.verdict.argmax()] == "rock"
    assert [chunk["verdict"]["genre"] for chunk in told["chunks"]] == ["jazz"] * 3 + ["rock"] * 2
    assert [len(chunk["verdict"]["probabilities"]) for chunk in told["chunks"]] == [2] * 5
    assert [chunk["verdict"]["unsure"] for chunk in told["chunks"]] == [True] * 3 + [False] * 2


def test_the_length_that_is_told_is_the_chunks_own() -> None:
    heard = song(("jazz", 0.9, 9))
    assert chunks_object(heard, 2.5, None)["chunk_s"] == 3
    assert chunks_words(heard, 1.4).startswith("  chunks of 1 s\n")


@pytest.mark.parametrize("surer", ["jazz", "rock"])
def test_of_equals_the_likelier_one_is_the_mode(surer: str) -> None:
    sureness = {"jazz": 0.6, "rock": 0.6, surer: 0.9}
    heard = song(("jazz", sureness["jazz"], 6), ("rock", sureness["rock"], 6))
    assert mode_of(chunks_of(heard, 3), heard) == Mode(surer, 2)


def test_in_words() -> None:
    text = chunks_words(song(("jazz", 0.3, 60), ("rock", 1.0, 30)), 30)
    assert text.split("\n") == [
        "  chunks of 30 s",
        "     0:00  unsure (perhaps jazz 30 %)",
        "     0:30  unsure (perhaps jazz 30 %)",
        "     1:00  rock 100 %",
        "  mode: jazz, 2 of 3 chunks; mean: rock 39 %",
    ]


def test_a_real_songs_chunks_make_its_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    """At other rows than the model's, too: the verdict knows nothing of them."""
    assert main(["predict", "--json", "--chunk-s", "30", "--hop-s", "0.7", str(MEDLEY), str(SONGS / "rock.mp3")]) == 0
    medley, rock = (each["prediction"] for each in json.loads(capsys.readouterr().out)["results"])
    assert [chunk["start_s"] for chunk in medley["chunks"]] == [0, 30, 60, 90]
    assert medley["chunks"][-1]["end_s"] == medley["duration_s"]
    rows = [30, 30, 30, 19]  # of a second, the last one cut short
    shares = [[*chunk["verdict"]["probabilities"].values()] for chunk in medley["chunks"]]
    mean = np.average(shares, axis=0, weights=rows)
    np.testing.assert_allclose(mean, [*medley["verdict"]["probabilities"].values()], atol=2e-6)
    (alone,) = rock["chunks"]
    assert alone["verdict"] == rock["verdict"]
    assert rock["mode"] == {"genre": rock["verdict"]["genre"], "n_chunks": 1}


def test_without_being_asked_for_there_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["predict", "--json", str(SONGS / "rock.mp3")]) == 0
    assert not {"chunks", "mode", "chunk_s"} & set(json.loads(capsys.readouterr().out))


def test_a_table_has_no_place_for_them(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["predict", "--csv", "--chunk-s", "3", "song.mp3"])
    assert "leave out --chunk-s, or say --json" in capsys.readouterr().err


def test_a_models_own_unsureness_counts() -> None:
    sure = replace(CONTRACT, rows=replace(CONTRACT.rows, verdict_unsure_below=0.1))
    heard = replace(song(("jazz", 0.3, 3)), contract=sure)
    assert not chunks_object(heard, 3, None)["chunks"][0]["verdict"]["unsure"]
