"""training/augment.py and batches.py: windows vary as far as they are told to, and reproducibly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from model.contract import WindowLayout
from tests.training.support import batches_of, toy_log_mel, toy_set
from training.augment import SILENT_DB, Augmentation, crop_window, mixup, random_crop, vary_window
from training.batches import TrainingBatches
from training.feature_set import FeatureSet
from training.others import OtherWindows
from training.taught_windows import TaughtWindows

NOTHING = Augmentation(scale=0, eq_db=0, cutoff_share=0, time_mask_frames=0, mel_mask_bands=0)


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_without_augmentation_only_the_level_is_taken_away() -> None:
    window = toy_log_mel(0, 0)[:128]
    np.testing.assert_allclose(vary_window(window, NOTHING, rng()), window - window.max(), atol=1e-5)


def test_the_input_is_left_as_it_is() -> None:
    window = toy_log_mel(0, 0)[:128]
    before = window.copy()
    vary_window(window, Augmentation(), rng())
    np.testing.assert_array_equal(window, before)


def test_the_equaliser_is_one_smooth_curve_for_all_frames() -> None:
    window = toy_log_mel(0, 0)[:128]
    curve = vary_window(window, replace(NOTHING, eq_db=4.0), rng()) - (window - window.max())
    np.testing.assert_allclose(curve, np.tile(curve[0], (128, 1)), atol=1e-4)
    assert np.ptp(curve[0]) > 1
    assert np.abs(np.diff(curve[0], 2)).max() < 1.5  # straight but for its knots


def test_the_scale_stays_within_its_bounds() -> None:
    window = toy_log_mel(0, 0)[:128]
    ratios = [
        (vary_window(window, replace(NOTHING, scale=0.1), rng(seed)).min() / (window - window.max()).min())
        for seed in range(50)
    ]
    assert 0.9 <= min(ratios) < 0.95
    assert 1.05 < max(ratios) <= 1.1


def test_a_cutoff_takes_the_top_bands_and_only_those() -> None:
    silent = vary_window(toy_log_mel(0, 0)[:128], replace(NOTHING, cutoff_share=1.0), rng()) == SILENT_DB
    assert not silent[:, :96].any()
    assert silent[:, -1].all()


@pytest.mark.parametrize(("mask", "axis"), [("time_mask_frames", 0), ("mel_mask_bands", 1)])
def test_masks_are_stretches_as_loud_as_the_mean(mask: str, axis: int) -> None:
    window = toy_log_mel(0, 0)[:128]
    plain = window - window.max()
    masked = vary_window(window, replace(NOTHING, masks=1, **{mask: 16}), rng(3))
    changed = (masked != plain.astype(np.float32)).any(axis=1 - axis).nonzero()[0]
    assert 0 < len(changed) <= 16
    np.testing.assert_array_equal(np.diff(changed), 1)
    np.testing.assert_allclose(np.take(masked, changed, axis=axis), plain.mean(), atol=0.01)


def test_crops_lie_anywhere_in_the_song() -> None:
    song = np.repeat(np.arange(300.0, dtype=np.float32)[:, None], 128, axis=1)
    starts = [random_crop(song, 128, rng(seed))[0, 0] for seed in range(200)]
    assert min(starts) < 10
    assert max(starts) > 162
    np.testing.assert_array_equal(np.diff(random_crop(song, 128, rng())[:, 0]), 1)


def test_a_short_song_repeats_itself() -> None:
    song = np.repeat(np.arange(50.0, dtype=np.float32)[:, None], 128, axis=1)
    np.testing.assert_array_equal(random_crop(song, 128, rng())[:, 0], np.arange(128) % 50)


def test_the_middle_is_as_far_from_one_end_as_from_the_other() -> None:
    song = np.repeat(np.arange(300.0, dtype=np.float32)[:, None], 128, axis=1)
    how = replace(NOTHING, middle_share=1)
    assert {crop_window(song, 128, how, rng(seed))[0, 0] for seed in range(9)} == {86}
    assert crop_window(song[:50], 128, how, rng())[:, 0].tolist() == list(np.arange(128) % 50)


def test_stretched_windows_hear_more_or_less_of_the_song() -> None:
    song = np.repeat(np.arange(300.0, dtype=np.float32)[:, None], 128, axis=1)
    windows = [crop_window(song, 128, replace(NOTHING, stretch=0.2), rng(seed)) for seed in range(30)]
    assert {window.shape for window in windows} == {(128, 128)}
    speeds = [np.diff(window[:, 0]) for window in windows]
    assert all(np.ptp(speed) < 1e-3 for speed in speeds)
    assert 0.79 < min(map(np.min, speeds)) < 0.9
    assert 1.1 < max(map(np.max, speeds)) < 1.21


def test_the_share_of_windows_that_is_told_has_holes() -> None:
    windows = [vary_window(toy_log_mel(0, 0)[:128], replace(NOTHING, holes_share=0.5), rng(seed)) for seed in range(40)]
    assert 10 < sum(bool((window < SILENT_DB + 10).any()) for window in windows) < 30
    assert all(window.max() == 0 for window in windows)


def test_music_is_higher_or_lower_as_far_as_it_is_told_to() -> None:
    window = np.full((128, 128), -60, np.float32)
    window[:, 80] = 0
    how = replace(NOTHING, shift_semitones=4)
    loudest = {int(vary_window(window, how, rng(seed))[0].argmax()) for seed in range(20)}
    assert loudest - {80}
    assert 70 <= min(loudest) < 80 < max(loudest) <= 90


def test_noise_fills_what_is_silent_in_its_share_of_the_windows() -> None:
    window = np.full((128, 128), -80, np.float32)
    window[:, 10] = 0
    filled = [vary_window(window, replace(NOTHING, noise_share=0.5), rng(seed)).mean() > -70 for seed in range(40)]
    assert 10 < sum(filled) < 30


def test_mixup_of_nothing_leaves_windows_as_they_are() -> None:
    windows, targets = rng().normal(size=(4, 3, 2)), np.eye(4)
    for found, given in zip(mixup(windows, targets, 0, rng()), (windows, targets), strict=True):
        np.testing.assert_array_equal(found, given)


def test_mixup_blends_windows_as_it_blends_their_targets() -> None:
    targets = np.eye(8, dtype=np.float32)
    windows = np.tile(targets[:, None, :], (1, 4, 1))  # each window shows its own target
    mixed_windows, mixed_targets = mixup(windows, targets, 0.3, rng())
    np.testing.assert_allclose(mixed_targets.sum(axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(mixed_windows[:, 0], mixed_targets, atol=1e-6)
    assert (mixed_targets.diagonal() >= 0.5).all()
    assert (mixed_targets.diagonal() < 1).any()


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> FeatureSet:
    return toy_set(tmp_path_factory.mktemp("batches") / Path("set"))


@pytest.fixture(scope="module")
def others(songs: FeatureSet) -> OtherWindows:
    return OtherWindows(None, songs.chain, WindowLayout(), seed=0)


def batches(songs: FeatureSet, others: OtherWindows, seed: int = 0, epoch: int = 0) -> TrainingBatches:
    made = batches_of(songs, others, batch_size=10, others_share=0.25, seed=seed)
    made.epoch = epoch
    return made


def test_a_seed_and_an_epoch_always_give_the_same_batch(songs: FeatureSet, others: OtherWindows) -> None:
    for one, other in zip(batches(songs, others)[2], batches(songs, others)[2], strict=True):
        np.testing.assert_array_equal(one, other)
    assert not np.array_equal(batches(songs, others)[2][0], batches(songs, others, epoch=1)[2][0])
    assert not np.array_equal(batches(songs, others)[2][0], batches(songs, others, seed=1)[2][0])


def test_an_epoch_holds_each_song_once(songs: FeatureSet, others: OtherWindows) -> None:
    unmixed = replace(NOTHING, mixup_alpha=0)
    plain = batches_of(songs, others, augmentation=unmixed, batch_size=10, others_share=0)
    seen = np.concatenate([plain[i][1] for i in range(len(plain))])
    assert len(plain) == 4
    assert len(seen) == 40
    assert (np.abs(seen.sum(axis=0) - 40 / 3) < 4).all()


def test_others_go_along_with_every_genre_equally_likely(songs: FeatureSet, others: OtherWindows) -> None:
    windows, targets = batches(songs, others, epoch=1)[0]
    assert len(windows) == len(targets) == 12
    np.testing.assert_allclose(targets[10:], 1 / 3)
    np.testing.assert_array_equal(windows[10:], others.draw(2, epoch=1, index=0))


def test_windows_that_were_taught_go_along_with_their_targets(songs: FeatureSet, others: OtherWindows) -> None:
    log_mel, targets = np.zeros((5, 128, 128), np.float16), np.full((5, 3), [0.5, 0.2, 0.3], np.float32)
    taught = TaughtWindows(log_mel, targets, Augmentation(), seed=0)
    made = batches_of(songs, others, taught=taught, batch_size=10, others_share=0.25)
    windows, found = made[0]
    assert len(windows) == len(found) == 22
    np.testing.assert_allclose(found[12:], targets[[0] * 10], atol=1e-6)


def test_songs_have_the_targets_that_are_given(songs: FeatureSet, others: OtherWindows) -> None:
    given = np.random.default_rng(0).dirichlet((1, 1, 1), len(songs.tracks)).astype(np.float32)
    unmixed = replace(NOTHING, mixup_alpha=0)
    made = batches_of(songs, others, targets=given, augmentation=unmixed, batch_size=10, others_share=0)
    found = np.concatenate([made[i][1] for i in range(len(made))])
    assert {tuple(row) for row in found} <= {tuple(row) for row in given}
    assert len({tuple(row) for row in found}) == 40
