"""training/schedule.py: the learning rate and the number of the epoch."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from training.schedule import EpochNumber, OneCycle


def test_the_rate_climbs_for_a_fifth_and_ends_at_nothing() -> None:
    rates = [float(OneCycle(1e-3, 100)(update)) for update in range(101)]
    assert int(np.argmax(rates)) == 20
    assert rates[20] == pytest.approx(1e-3)
    assert rates[100] == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("n_updates", [1, 4, 20, 100])  # the first two climb for none
def test_it_is_keras_own_schedule(n_updates: int) -> None:
    warmup = n_updates // 5
    same = keras.optimizers.schedules.CosineDecay(
        1e-3 / 20, n_updates - warmup, warmup_target=1e-3, warmup_steps=warmup
    )
    for update in range(n_updates + 2):
        assert float(OneCycle(1e-3, n_updates)(update)) == pytest.approx(float(same(update)), rel=1e-5, abs=1e-9)


def test_it_is_read_back_with_a_network_that_was_kept() -> None:
    kept = keras.optimizers.schedules.deserialize(keras.optimizers.schedules.serialize(OneCycle(1e-3, 20)))
    assert (kept.peak_rate, kept.n_updates) == (1e-3, 20)


def test_batches_are_told_the_epoch_that_a_resumed_run_is_in() -> None:
    class Batches:
        epoch = 0

    batches = Batches()
    EpochNumber(batches).on_epoch_begin(7)
    assert batches.epoch == 7
