"""training/abstention.py: thresholds where they divide best, and no more music given up for them than is allowed."""

from __future__ import annotations

import numpy as np
import pytest

from model.contract import RowRule, WindowLayout
from model.features import SignalChain
from tests.training.support import toy_log_mel
from training.abstention import (
    MOST_RIGHT_SECONDS_LOST,
    NONE,
    Claims,
    best_threshold,
    fit_thresholds,
    other_logits,
    second_claims,
    verdict_claims,
)
from training.feature_set import FeatureSet, Track
from training.score import SongLogits

RULE = RowRule()


def claims(top: list[float], right: bool = True) -> Claims:
    return Claims(np.array(top), np.full(len(top), right), np.ones(len(top)))


def song(top: list[float], genre: int, kind: str = "a") -> SongLogits:
    """A song whose seconds give genre 0 of two these probabilities."""
    p = np.array(top)
    rows = np.stack([np.log(p), np.log(1 - p)], axis=1).astype(np.float32)
    return SongLogits(Track("song", kind, 0, 1), rows, genre)


def test_what_can_be_divided_is_divided() -> None:
    threshold = best_threshold(claims([0.6, 0.7, 0.9]), [claims([0.2, 0.3, 0.5])], most_lost=0.1)
    assert 0.5 < threshold <= 0.6


def test_no_more_right_claims_are_lost_than_allowed() -> None:
    taught = claims(np.linspace(0.3, 0.9, 101).tolist())
    threshold = best_threshold(taught, [claims([0.8])], most_lost=0.1)
    assert 1 - taught.share_named(threshold) <= 0.1
    assert best_threshold(taught, [claims([0.8])], most_lost=1) > 0.8


def test_where_nothing_is_gained_nothing_is_unsure() -> None:
    assert best_threshold(claims([0.4, 0.9]), [claims([0.95])], most_lost=0.1) == 0


def test_wrong_claims_have_no_say() -> None:
    right, wrong = claims([0.9, 0.9]), claims([0.3] * 50, right=False)
    both = Claims(*(np.concatenate(pair) for pair in zip(vars(right).values(), vars(wrong).values(), strict=True)))
    assert best_threshold(both, [claims([0.5])], most_lost=0.1) > 0.5


def test_kinds_weigh_the_same_however_many_recordings_they_have() -> None:
    quiet, loud = claims([0.2] * 100), claims([0.85])
    taught = claims([0.3, 0.8, 0.8, 0.8, 0.8, 0.8, 0.9, 0.9, 0.9, 0.9])
    assert best_threshold(taught, [quiet, quiet], most_lost=1) < 0.3
    assert best_threshold(taught, [loud, loud], most_lost=1) > 0.85


def test_a_network_that_is_never_right_names_nothing() -> None:
    assert best_threshold(claims([0.9], right=False), [claims([0.5])], most_lost=0.1) > 0.99


def test_seconds_and_verdicts_get_thresholds_of_their_own() -> None:
    taught = [song([0.7, 0.95, 0.95, 0.95], 0) for _ in range(30)]
    rule = fit_thresholds(taught, [song([0.65, 0.65], NONE, "speech")], RULE)
    assert 0.65 <= rule.unsure_below <= 0.7
    assert 0.65 <= rule.verdict_unsure_below <= 0.8875
    lost = 1 - second_claims(taught, rule).only_right().share_named(rule.unsure_below)
    assert lost <= MOST_RIGHT_SECONDS_LOST


def test_thresholds_are_those_of_the_temperatures() -> None:
    taught, others = [song([0.9], 0)], [song([0.6], NONE, "noise")]
    hot = RowRule(temperature=2.0, verdict_temperature=4.0)
    rule = fit_thresholds(taught, others, hot)
    named = [(claims.top >= threshold).tolist()
             for scored in (taught, others)
             for claims, threshold in ((second_claims(scored, hot), rule.unsure_below),
                                       (verdict_claims(scored, hot), rule.verdict_unsure_below))]  # fmt: skip
    assert named == [[True], [True], [False], [False]]
    assert rule.verdict_unsure_below < rule.unsure_below < 0.9
    assert rule.temperature == 2.0


def test_synthetic_signals_count_as_one_kind() -> None:
    """Signals at 0.55, speech at 0.8: the songs at 0.7 are worth more than one of two kinds, less than one of one."""
    taught = [song([0.7], 0)] * 6 + [song([0.9], 0)] * 4
    signals = [song([0.55], NONE, kind) for kind in ("tone", "hum", "clicks")]
    assert 0.55 < fit_thresholds(taught, [*signals, song([0.8], NONE, "speech")], RULE).unsure_below <= 0.7


def test_every_song_weighs_the_same_however_long() -> None:
    found = second_claims([song([0.6] * 90, 0), song([0.9] * 10, 0)], RULE)
    assert found.share_named(0.7) == pytest.approx(0.5)


def test_others_are_heard_as_songs_are() -> None:
    layout, frames = WindowLayout(), toy_log_mel(0, 0)
    others = FeatureSet((Track("rain", "noise", 0, len(frames)),), frames, SignalChain())
    scored = other_logits([others, others], lambda w: np.ones((len(w), layout.window_steps, 3), "f4"), layout, RULE)
    assert [(s.track.genre, s.genre, s.rows.shape) for s in scored] == [("noise", NONE, (16, 3))] * 2
    assert not second_claims(scored, RULE).right.any()
