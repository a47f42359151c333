"""training/schedule.py: the learning rate and the number of the epoch."""

from __future__ import annotations

import numpy as np
import pytest

from training.schedule import EpochNumber, one_cycle


def test_the_rate_climbs_for_a_fifth_and_ends_at_nothing() -> None:
    rates = [float(one_cycle(1e-3, 100)(update)) for update in range(101)]
    assert int(np.argmax(rates)) == 20
    assert rates[20] == pytest.approx(1e-3)
    assert rates[100] == pytest.approx(0, abs=1e-9)


def test_batches_are_told_the_epoch_that_a_resumed_run_is_in() -> None:
    class Batches:
        epoch = 0

    batches = Batches()
    EpochNumber(batches).on_epoch_begin(7)
    assert batches.epoch == 7
