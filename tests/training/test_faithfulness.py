"""training/faithfulness.py: marks, shuffled networks, and what is made of both."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from model.contract import Contract, load_contract
from model.features import SignalChain
from tests.support import REPOSITORY
from tests.training.support import busy_network, toy_log_mel, toy_set
from training.errors import TrainingError
from training.faithfulness import (
    BEYOND,
    as_lines,
    draw_rows,
    learned_layers,
    likeness,
    measure_faithfulness,
    most,
    moved,
    shuffled,
)
from training.feature_set import FeatureSetWriter, open_feature_set

CONTRACT: Contract = load_contract(REPOSITORY / "model")


def test_the_most_relevant_cells_are_marked_as_many_in_each_window() -> None:
    scores = np.array([[[5, 1], [3, 4]], [[0, -1], [-2, -3]]], np.float32)
    assert most(scores, 0.5).tolist() == [[[True, False], [False, True]], [[True, True], [False, False]]]


def test_moved_marks_keep_their_shape_and_if_so_wanted_their_frames() -> None:
    marks = np.zeros((3, 20, 30), bool)
    marks[:, 4:7, 10:15] = True
    anywhere = moved(marks, np.random.default_rng(1))
    in_mel = moved(marks, np.random.default_rng(1), in_time=False)
    for found in (anywhere, in_mel):
        assert found.sum(axis=(1, 2)).tolist() == [15, 15, 15]
        assert not np.array_equal(found, marks)
    np.testing.assert_array_equal(in_mel.sum(axis=2), marks.sum(axis=2))
    assert sorted(anywhere.sum(axis=2)[0].tolist()) == sorted(marks.sum(axis=2)[0].tolist())


def test_rows_are_drawn_where_there_is_a_window_all_around(tmp_path: Path) -> None:
    drawn = draw_rows(toy_set(tmp_path / "long"), CONTRACT)  # of 200 frames
    assert len(drawn) == 48
    assert {len(frames) for _, _, frames in drawn} == {128}
    assert {row for _, row, _ in drawn} <= set(range(4, 11))
    assert drawn == draw_rows(toy_set(tmp_path / "again"), CONTRACT)
    assert drawn != draw_rows(toy_set(tmp_path / "other"), CONTRACT, seed=1)


def test_the_last_layers_are_shuffled_and_no_others() -> None:
    network = busy_network("cnn")
    n_layers = len(learned_layers(network))
    for n in (1, n_layers):
        copy = shuffled(network, n, seed=0)
        pairs = list(zip(learned_layers(network), learned_layers(copy), strict=True))
        changed = [not np.array_equal(a.get_weights()[0], b.get_weights()[0]) for a, b in pairs]
        assert changed == [False] * (n_layers - n) + [True] * n
        for a, b in pairs:
            np.testing.assert_array_equal(np.sort(a.get_weights()[0].ravel()), np.sort(b.get_weights()[0].ravel()))


def test_likeness_is_of_ranks() -> None:
    relevance = np.random.default_rng(0).normal(size=(2, 9, 9)).astype(np.float32)
    assert likeness(relevance, relevance**3) == {"signed": pytest.approx(1), "absolute": pytest.approx(1)}
    assert likeness(relevance, 0 * relevance) == {"signed": 0, "absolute": 0}  # of silence nothing is relevant
    assert likeness(relevance, -relevance) == {"signed": pytest.approx(-1), "absolute": pytest.approx(1)}


def test_marks_of_any_network_are_worth_more_to_it_than_the_same_ones_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of one that has learned nothing, too: explanations are of what it hears, not of what is right."""
    monkeypatch.setattr("training.faithfulness.SANITY_SEEDS", (0,))
    monkeypatch.setattr("training.faithfulness.SHARES", (0.05,))
    monkeypatch.setattr("training.faithfulness.N_POINTS", 2)
    songs = toy_set(tmp_path, n_songs=4, genres=CONTRACT.genres[:3])
    figures = measure_faithfulness(songs, busy_network("cnn", len(CONTRACT.genres)), CONTRACT)
    falls = {name: fall["mean"] for name, fall in figures["deletion"][0]["falls"].items()}
    assert falls["gradient"] > 2 * max(abs(falls[name]) for name in ("moved", "random"))
    assert falls["gradient"] > falls["farthest"]
    assert set(figures["deletion"][0]["beyond"]) == set(BEYOND)
    assert figures["n_rows"] == 12
    last = figures["sanity"]["shuffled"][-1]
    assert last["layers"] == figures["sanity"]["n_layers"]
    assert abs(last["signed"]) < 0.2 < figures["sanity"]["later_window"]["signed"]
    assert "5% of the cells replaced by what is usual" in "\n".join(as_lines(figures))


def test_songs_shorter_than_a_window_are_refused(tmp_path: Path) -> None:
    writer = FeatureSetWriter(tmp_path, SignalChain())
    for name, n_frames in (("short", 90), ("a window", 128), ("a window and less than a step", 131)):
        writer.add(name, "drone", toy_log_mel(0, seed=0)[:n_frames])
    writer.finish({})
    with pytest.raises(TrainingError, match="longer than a window"):
        draw_rows(open_feature_set(tmp_path), CONTRACT)
