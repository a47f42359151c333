"""Medians, ranges and ratios of pairs."""

from __future__ import annotations

import pytest

from tests.bench.spread import Spread, ratios


def test_spread_is_median_and_range() -> None:
    assert Spread.of([5, 1, 9, 2]) == Spread(median=3.5, lowest=1, highest=9)
    assert Spread.of([]) is None


def test_a_clock_that_slows_down_cancels_out_of_the_ratio() -> None:
    slowness = [1.0, 1.2, 1.7, 1.5, 1.1]
    ours, alone = [20 * factor for factor in slowness], [10 * factor for factor in slowness]
    assert ratios(ours, alone) == pytest.approx([2] * 5)


def test_pairs_need_both_halves() -> None:
    with pytest.raises(ValueError, match="shorter"):
        ratios([1, 2], [1])
