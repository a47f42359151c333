"""training/pair_batches.py: every window once an epoch, in an order of its own."""

from __future__ import annotations

import numpy as np

from training.pair_batches import DB_SCALE, PairBatches
from training.pairs import PairedFile, Pairs

N = 12


def some_batches(outputs: int = 2, seed: int = 0) -> PairBatches:
    """Windows whose features are their own number."""
    number = np.arange(N, dtype=np.float16)
    log_mel = np.random.default_rng(0).normal(-40, 10, (N, 6, 4)).astype(np.float16)
    pairs = Pairs(
        log_mel, np.tile(number[:, None, None, None], (1, 6, 2, 3)), np.tile(number[:, None, None], (1, 2, 5)),
        (PairedFile("a", False, 8), PairedFile("b", True, 4)),
    )  # fmt: skip
    return PairBatches(pairs, pairs.windows(held_out=False), outputs, batch_size=4, seed=seed)


def numbers(batches: PairBatches) -> list[float]:
    return [float(x) for i in range(len(batches)) for x in batches[i][1][-1].reshape(4, -1)[:, 0]]


def test_an_epoch_has_every_window_once_and_none_that_is_held_out() -> None:
    assert sorted(numbers(some_batches())) == list(range(8))


def test_each_epoch_has_its_order_and_can_be_had_again() -> None:
    batches = some_batches()
    first = numbers(batches)
    batches.epoch = 1
    assert numbers(batches) != first
    batches.epoch = 0
    assert numbers(batches) == first
    assert numbers(some_batches(seed=1)) != first


def test_inputs_belong_to_their_targets_and_are_stretched_a_little() -> None:
    batches = some_batches()
    log_mel, (early, embedding) = batches[0]
    assert log_mel.dtype == early.dtype == embedding.dtype == np.float32
    whole = np.random.default_rng(0).normal(-40, 10, (N, 6, 4)).astype(np.float16).astype(np.float32)
    for window, one_early, one in zip(log_mel, early, embedding, strict=True):
        source = whole[int(one[0, 0])]
        assert one_early[0, 0, 0] == one[0, 0]
        below = (window - window.max())[source < source.max()] / (source - source.max())[source < source.max()]
        np.testing.assert_allclose(below, below.mean(), rtol=1e-3)
        assert abs(below.mean() - 1) <= DB_SCALE
        assert window.max() == source.max()


def test_the_first_stage_gets_the_early_features_alone() -> None:
    _, targets = some_batches(outputs=1)[0]
    assert [target.shape for target in targets] == [(4, 6, 2, 3)]
