"""model/windows.py: every step has one owner, rows hear their context, probabilities add up."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from model.contract import RowRule, WindowLayout
from model.features import SignalChain
from model.windows import (
    RowStream,
    StepJoiner,
    WindowCutter,
    cut_windows,
    is_heard,
    is_unsure,
    join_windows,
    n_steps,
    row_logits,
    row_probabilities,
    sigmoid,
    softmax,
    step_centres_s,
    verdict_of,
    verdict_probabilities,
    window_starts,
)

LAYOUT, CHAIN, RULE = WindowLayout(), SignalChain(), RowRule()
LENGTHS = [1, 3, 4, 127, 128, 129, 131, 132, 200, 223, 224, 225, 387, 500, 3093]


@pytest.mark.parametrize("n_frames", LENGTHS)
def test_each_step_comes_once_and_from_a_window_that_holds_it(n_frames: int) -> None:
    starts = window_starts(n_frames, LAYOUT)
    first_step = np.array(starts) // LAYOUT.frames_per_step
    number = first_step[:, None] + np.arange(LAYOUT.window_steps)  # each window's own steps, by the song's count
    joined = join_windows(number[..., None].astype(np.float32), n_frames, LAYOUT)
    np.testing.assert_array_equal(joined[:, 0], np.arange(n_steps(n_frames, LAYOUT)))


@pytest.mark.parametrize("n_frames", [n for n in LENGTHS if n >= 128])
def test_inner_steps_keep_a_margin_to_their_windows_edges(n_frames: int) -> None:
    within = np.tile(np.arange(LAYOUT.window_steps, dtype=np.float32), (len(window_starts(n_frames, LAYOUT)), 1))
    place = join_windows(within[..., None], n_frames, LAYOUT)[:, 0]
    inner = place[LAYOUT.margin_steps : len(place) - LAYOUT.margin_steps]
    assert inner.min() >= LAYOUT.margin_steps
    assert inner.max() < LAYOUT.window_steps - LAYOUT.margin_steps


@pytest.mark.parametrize("n_frames", LENGTHS)
def test_windows_hold_the_frames_they_start_at(n_frames: int) -> None:
    log_mel = np.repeat(np.arange(n_frames, dtype=np.float32)[:, None], 2, axis=1)
    windows = cut_windows(log_mel, LAYOUT)
    expected = np.array(window_starts(n_frames, LAYOUT))[:, None] + np.arange(LAYOUT.window_frames)
    np.testing.assert_array_equal(windows[..., 0], expected % n_frames if n_frames < 128 else expected)


@pytest.mark.parametrize("n_frames", LENGTHS)
@pytest.mark.parametrize("block", [1, 37, 500])
def test_frames_in_any_blocks_are_cut_into_the_same_windows(n_frames: int, block: int) -> None:
    log_mel = np.random.default_rng(0).random((n_frames, 3), np.float32)
    cutter = WindowCutter(LAYOUT)
    windows = [window for begin in range(0, n_frames, block) for window in cutter.push(log_mel[begin : begin + block])]
    expected = [log_mel[start:][: LAYOUT.window_frames] for start in window_starts(n_frames, LAYOUT)]
    if n_frames >= LAYOUT.window_frames:
        np.testing.assert_array_equal([*windows, *cutter.finish()], expected)
    np.testing.assert_array_equal([*windows, *cutter.finish()], cut_windows(log_mel, LAYOUT))
    assert cutter.n_frames == n_frames


def test_the_cutter_gives_a_window_with_its_last_frame() -> None:
    cutter = WindowCutter(LAYOUT)
    given = [len(cutter.push(np.zeros((1, 3), np.float32))) for _ in range(400)]
    assert [frame for frame, n_windows in enumerate(given) if n_windows] == [127, 239, 351]


def test_a_song_without_a_frame_has_no_windows() -> None:
    with pytest.raises(ValueError, match="without a frame"):
        WindowCutter(LAYOUT).finish()


def test_a_window_is_given_out_as_soon_as_its_frames_are_there() -> None:
    """Streaming relies on it: more song never moves a regular window."""
    assert window_starts(5000, LAYOUT)[:10] == list(range(0, 1120, 112))


def test_a_row_is_the_mean_of_the_steps_around_its_middle() -> None:
    centres_s = step_centres_s(96, CHAIN, LAYOUT)
    logits = np.stack([centres_s, -centres_s], axis=1).astype(np.float32)
    rows = row_logits(logits, 29.9, CHAIN, LAYOUT, RULE)
    assert rows.shape == (30, 2)
    inner = slice(2, 27)
    np.testing.assert_allclose(rows[inner, 0], np.arange(30)[inner] + 0.5, atol=0.16)  # half a step


@pytest.mark.parametrize(("duration_s", "n_rows"), [(0.4, 1), (1.0, 1), (1.01, 2), (30.0, 30), (30.013, 31)])
def test_every_begun_second_has_a_row(duration_s: float, n_rows: int) -> None:
    assert len(row_logits(np.zeros((3, 2), np.float32), duration_s, CHAIN, LAYOUT, RULE)) == n_rows


@pytest.mark.parametrize("n_frames", LENGTHS)
@pytest.mark.parametrize("step_s", [1.0, 0.25, 7.0])
def test_rows_that_come_window_by_window_are_those_of_the_whole_song(n_frames: int, step_s: float) -> None:
    rule = replace(RULE, step_s=step_s)
    n_windows = len(window_starts(n_frames, LAYOUT))
    logits = np.random.default_rng(n_frames).normal(size=(n_windows, LAYOUT.window_steps, 3)).astype(np.float32)
    duration_s = CHAIN.duration_s(n_frames)
    whole = row_logits(join_windows(logits, n_frames, LAYOUT), duration_s, CHAIN, LAYOUT, rule)
    n_regular = max(0, (n_frames - LAYOUT.window_frames) // LAYOUT.window_stride_frames + 1)
    joiner, stream = StepJoiner(LAYOUT), RowStream(CHAIN, LAYOUT, rule)
    steps = [joiner.push(window) if n < n_regular else joiner.take_rest(window) for n, window in enumerate(logits)]
    rows = [stream.push(some) for some in [*steps, joiner.finish(n_frames)]]
    np.testing.assert_allclose(np.concatenate([*rows, stream.finish(duration_s)]), whole, atol=1e-6)


def test_a_row_is_given_out_once_all_that_it_hears_is_there() -> None:
    stream = RowStream(CHAIN, LAYOUT, RULE)
    centres_s = step_centres_s(40, CHAIN, LAYOUT)
    for n, centre_s in enumerate(centres_s[:-1]):
        stream.push(np.zeros((1, 2), np.float32))
        certain = [row for row in range(20) if row + 0.5 + RULE.context_s / 2 < centres_s[n + 1]]
        assert stream.n_given == len(certain), centre_s


def test_rows_beyond_the_last_step_take_the_nearest() -> None:
    rows = row_logits(np.array([[1.0, 2.0], [3.0, 4.0]], np.float32), 9.0, CHAIN, LAYOUT, RULE)
    np.testing.assert_array_equal(rows[-1], [3, 4])


def test_softmax_survives_huge_logits_and_cools_with_temperature() -> None:
    np.testing.assert_allclose(softmax(np.array([1e4, 0.0])), [1, 0])
    np.testing.assert_allclose(softmax(np.array([np.log(9), 0.0]), 2.0), [0.75, 0.25])


def test_unsure_is_what_names_no_genre_clearly_enough() -> None:
    probabilities = np.array([[0.34, 0.33, 0.33], [0.35, 0.35, 0.3], [0.1, 0.2, 0.7]])
    np.testing.assert_array_equal(is_unsure(probabilities, 0.35), [True, False, False])
    assert not is_unsure(probabilities, 0).any()
    assert is_unsure(probabilities[2], 0.8)


def test_the_verdict_is_the_mean_of_the_rows() -> None:
    rows = np.array([[np.log(3), 0.0], [0.0, np.log(3)]], np.float32)
    np.testing.assert_allclose(verdict_probabilities(rows, RULE), [0.5, 0.5])


SHORT = replace(RULE, verdict_temperature=0.5, short_verdict_temperature=3.0, short_verdict_below_s=30.0)


def test_the_verdict_of_one_second_has_both_temperatures() -> None:
    row = np.array([[2.0, 1.0, -1.0]], np.float32)
    np.testing.assert_allclose(verdict_probabilities(row, SHORT), softmax(row[0], 0.5 * 3), rtol=1e-6)


def test_the_verdict_is_surer_of_longer_songs_up_to_a_length() -> None:
    row = np.array([[2.0, 1.0, -1.0]], np.float32)
    tops = [verdict_probabilities(np.repeat(row, n, axis=0), SHORT)[0] for n in (1, 2, 5, 29, 30, 300)]
    assert all(short < longer for short, longer in pairwise(tops[:5]))
    assert tops[4:] == pytest.approx([softmax(row[0], 0.5)[0]] * 2)
    half_way = round(30**0.5, 6)  # in its logarithm: the power is half-way from 1/3 to 1
    at_half_way = verdict_of(softmax(row, 0.5), half_way, SHORT)
    np.testing.assert_allclose(at_half_way, softmax(row[0], 0.5 * 1.5), rtol=1e-5)


def test_of_several_genres_each_ones_odds_are_flattened() -> None:
    rule = replace(SHORT, activation="sigmoid")
    row = np.array([[2.0, -1.0]], np.float32)
    np.testing.assert_allclose(verdict_probabilities(row, rule), sigmoid(row[0], 0.5 * 3), rtol=1e-6)
    certain = np.array([[1000.0, -1000.0]], np.float32)
    np.testing.assert_array_equal(verdict_probabilities(certain, rule), [1, 0])


def test_sigmoid_survives_huge_logits_and_cools_with_temperature() -> None:
    np.testing.assert_allclose(sigmoid(np.array([1e4, 0.0, -1e4])), [1, 0.5, 0])
    np.testing.assert_allclose(sigmoid(np.array([np.log(9), -np.log(9)]), 2.0), [0.75, 0.25])


def test_of_several_genres_each_has_its_own_threshold() -> None:
    rule = RowRule(activation="sigmoid", thresholds=(0.5, 0.9), verdict_thresholds=(0.8, 0.6), verdict_temperature=2)
    logits = np.array([[np.log(9), np.log(4)], [-5, -5]], np.float32)
    rows = row_probabilities(logits, rule)
    np.testing.assert_allclose(rows[0], [0.9, 0.8], atol=1e-6)
    assert is_heard(rows, rule.bounds).tolist() == [[True, False], [False, False]]
    assert is_unsure(rows, rule.bounds).tolist() == [False, True]
    np.testing.assert_allclose(verdict_probabilities(logits[:1], rule), [0.75, 2 / 3], atol=1e-6)
    assert is_heard(verdict_probabilities(logits[:1], rule), rule.verdict_bounds).tolist() == [False, True]
