"""training/loss.py: what is asked of a window's logits, as a whole and in its parts."""

from __future__ import annotations

import numpy as np
import pytest

from training.loss import make_loss, make_multi_label_loss, window_accuracy


def test_the_loss_asks_for_the_whole_and_for_its_parts() -> None:
    loss = make_loss(0.0, local_share=0.5)
    target = np.array([[1.0, 0.0]], np.float32)
    steady = np.tile([[[2.0, 0.0]]], (1, 32, 1)).astype(np.float32)
    uneven = steady.copy()
    uneven[:, :16, 0], uneven[:, 16:, 0] = 4.0, 0.0  # the same mean, half of it no better than a guess
    assert float(loss(target, steady)[0]) == pytest.approx(np.log1p(np.exp(-2)), rel=1e-5)
    parts = (np.log1p(np.exp(-4)) + np.log(2)) / 2
    assert float(loss(target, uneven)[0]) == pytest.approx((np.log1p(np.exp(-2)) + parts) / 2, rel=1e-5)
    whole_alone = make_loss(0.0, local_share=0)
    assert float(whole_alone(target, uneven)[0]) == pytest.approx(np.log1p(np.exp(-2)), rel=1e-5)


def test_windows_of_no_genre_are_neither_right_nor_wrong() -> None:
    targets = np.array([[1, 0], [0, 1], [0.5, 0.5], [0.5, 0.5]], np.float32)
    steps = np.tile(np.array([[[3.0, 0.0]]], np.float32), (4, 32, 1))  # the first genre everywhere
    assert float(window_accuracy(targets, steps)) == 0.5


def test_each_genre_is_asked_for_on_its_own() -> None:
    """Of two genres both are there: the loss is that of two questions, each with its own answer."""
    loss = make_multi_label_loss(np.array([0.5, 0.5], np.float32), 0.0, local_share=0.5)
    steps = np.tile([[[2.0, -1.0]]], (1, 32, 1)).astype(np.float32)
    both, none = np.ones((1, 2), np.float32), np.zeros((1, 2), np.float32)
    assert float(loss(both, steps)[0]) == pytest.approx(np.log1p(np.exp(-2)) + np.log1p(np.exp(1)), rel=1e-5)
    assert float(loss(none, steps)[0]) == pytest.approx(np.log1p(np.exp(2)) + np.log1p(np.exp(-1)), rel=1e-5)


def test_smoothed_targets_are_nearer_to_how_common_a_genre_is() -> None:
    """The logits of least loss are then those of the smoothed target, which a rare genre does not raise."""
    shares = np.array([0.6, 0.01], np.float32)
    loss = make_multi_label_loss(shares, 0.1, local_share=0.5)
    smooth = 0.1 * shares
    best = np.log(smooth / (1 - smooth))
    least = float(loss(np.zeros((1, 2), np.float32), np.tile(best.astype(np.float32), (1, 32, 1)))[0])
    for shift in (-0.3, 0.3):
        steps = np.tile((best + shift).astype(np.float32), (1, 32, 1))
        assert float(loss(np.zeros((1, 2), np.float32), steps)[0]) > least
