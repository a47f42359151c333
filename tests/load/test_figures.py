"""tests/load/figures.py: answers to figures."""

from __future__ import annotations

import math

import pytest

from tests.load.clients import LOST, Answer
from tests.load.figures import growth, percentile, summary


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_percentiles_are_values_that_were_seen(share: float, value: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_of_nothing_there_is_no_percentile() -> None:
    assert math.isnan(percentile([], 0.5))


def test_each_answer_counts_as_one_thing() -> None:
    answers = [
        Answer(200, 0.0, 1.0, is_right=True),
        Answer(200, 1.0, 4.0, is_right=True),
        Answer(200, 0.0, 5.0),  # other numbers
        Answer(500, 0.0, 0.1),
        Answer(503, 0.0, 0.2, retry_after_s=2),
        Answer(503, 0.0, 0.3),  # without a word on when to come back
        Answer(LOST, 0.0, 0.4),
    ]
    met = summary(answers)
    assert (met.n_right, met.n_refused, met.n_lost, met.n_wrong) == (2, 1, 1, 3)
    assert (met.songs_per_s, met.p50_s, met.p99_s) == (0.5, 1.0, 3.0)
    assert met.refusal_p50_s == pytest.approx(0.2)


def test_nothing_right_is_no_throughput() -> None:
    assert summary([Answer(500, 0.0, 0.1)]).songs_per_s == 0


def test_growth_is_between_the_first_and_the_last_tenth() -> None:
    found = growth([100.0] * 10 + [500.0] * 80 + [110.0] * 10)
    assert (found.first, found.last, round(found.percent, 6)) == (100, 110, 10)
