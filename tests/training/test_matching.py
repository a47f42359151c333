"""training/matching.py: distances to the teacher's features, and correlations with them."""

from __future__ import annotations

import numpy as np
import pytest

from training.matching import Match, Spread, early_loss, embedding_loss, match_of, spread_of
from training.pairs import PairedFile, Pairs
from training.teacher import TeacherClassifier

N, FRAMES, STEPS = 6, 8, 4


def some_pairs() -> Pairs:
    rng = np.random.default_rng(0)
    early = rng.normal(0, 1, (N, FRAMES, 3, 2)) * [1, 10]
    embedding = rng.normal(0, 1, (N, STEPS, 5)) * [1, 10, 1, 1, 0]
    files = (PairedFile("a", False, 4), PairedFile("b", True, 2))
    return Pairs(np.zeros((N, FRAMES, 4)), early.astype(np.float16), embedding.astype(np.float16), files)


def some_classifier() -> TeacherClassifier:
    rng = np.random.default_rng(1)
    shapes = ((5, 6), (6,), (6, 7), (7,))
    return TeacherClassifier(*(rng.normal(0, 1, shape).astype(np.float32) for shape in shapes))


def test_the_spread_is_the_teachers_on_what_is_learned_from() -> None:
    pairs = some_pairs()
    spread = spread_of(pairs)
    heard = pairs.early[:4].astype(np.float32)
    np.testing.assert_allclose(spread.early, heard.std(axis=(0, 1, 2)), atol=2e-3)
    assert spread.embedding.shape == (5,)
    assert spread.embedding[4] == pytest.approx(0.01)  # a channel that never moves is not divided by nothing


def test_a_distance_counts_in_the_channels_own_units() -> None:
    pairs = some_pairs()
    spread = spread_of(pairs)
    teacher = pairs.early.astype(np.float32)
    for channel in range(2):
        ours = teacher.copy()
        ours[..., channel] += spread.early[channel]
        np.testing.assert_allclose(early_loss(spread)(teacher, ours), np.full(N, 0.5), rtol=1e-4)
    np.testing.assert_array_equal(early_loss(spread)(teacher, teacher), np.zeros(N))


def test_the_embedding_is_best_where_it_is_the_teachers() -> None:
    pairs, rng = some_pairs(), np.random.default_rng(2)
    loss = embedding_loss(spread_of(pairs), some_classifier())
    teacher = pairs.embedding.astype(np.float32)
    at_teacher = np.asarray(loss(teacher, teacher))
    assert at_teacher.shape == (N,)
    for size in (0.02, 0.2):
        off = teacher + size * rng.normal(0, 1, teacher.shape).astype(np.float32)
        assert (np.asarray(loss(teacher, off)) > at_teacher).all()


def test_a_window_wrong_as_a_whole_costs_more_than_one_wrong_by_turns() -> None:
    pairs = some_pairs()
    loss = embedding_loss(spread_of(pairs), some_classifier())
    teacher = pairs.embedding.astype(np.float32)
    by_turns = teacher + 0.5 * np.array([1, -1, 1, -1], np.float32)[None, :, None]
    assert (np.asarray(loss(teacher, teacher + 0.5)) > np.asarray(loss(teacher, by_turns))).all()


def test_what_the_classifier_makes_of_it_counts_where_nothing_else_does() -> None:
    pairs, classifier = some_pairs(), some_classifier()
    anything_goes = Spread(np.ones(2, np.float32), np.full(5, 1e6, np.float32))
    loss = embedding_loss(anything_goes, classifier)
    teacher = pairs.embedding.astype(np.float32)
    by_turns = teacher + np.array([1, -1, 1, -1], np.float32)[None, :, None]
    np.testing.assert_allclose(loss(teacher, by_turns), loss(teacher, teacher), rtol=1e-4)  # it hears the mean
    assert (np.asarray(loss(teacher, teacher + 0.3)) > np.asarray(loss(teacher, teacher))).all()


def features(scale: float, noise: float) -> list[tuple[tuple[np.ndarray, ...], tuple[np.ndarray, ...]]]:
    """Three batches of the teacher's features, and ours: scaled, with noise of its own."""
    rng = np.random.default_rng(0)
    shapes = ((2, FRAMES, 3, 2), (2, STEPS, 5))
    batches = []
    for _ in range(3):
        teacher = tuple(rng.normal(0.3, 1, shape).astype(np.float32) for shape in shapes)
        ours = tuple((scale * x + noise * rng.normal(0, 1, x.shape) + 7).astype(np.float32) for x in teacher)
        batches.append((ours, teacher))
    return batches


def test_correlation_does_not_mind_scale_and_offset() -> None:
    assert match_of(features(0.01, 0)) == Match(*[pytest.approx(1, abs=1e-3)] * 3)
    assert match_of(features(-2, 0)) == Match(*[pytest.approx(-1, abs=1e-3)] * 3)


def test_correlation_is_numpys_median_over_channels() -> None:
    batches = features(1, 0.7)
    match = match_of(batches)
    ours, teacher = (np.concatenate([batch[side][1] for batch in batches]) for side in (0, 1))
    by_step = [np.corrcoef(ours[..., i].ravel(), teacher[..., i].ravel())[0, 1] for i in range(5)]
    by_window = [np.corrcoef(ours[..., i].mean(axis=1), teacher[..., i].mean(axis=1))[0, 1] for i in range(5)]
    assert match.embedding_by_step == pytest.approx(np.median(by_step), abs=1e-5)
    assert match.embedding_by_window == pytest.approx(np.median(by_window), abs=1e-5)
    assert 0.4 < match.early < 0.95


def test_what_never_moves_matches_nothing() -> None:
    still = [(tuple(np.ones_like(x) for x in ours), teacher) for ours, teacher in features(1, 0)]
    assert match_of(still) == Match(0, 0, 0)
