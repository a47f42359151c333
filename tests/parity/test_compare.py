"""The comparer finds what it is there to find: each fault here is made on purpose in the page's own chain."""

from __future__ import annotations

from typing import Any

import librosa
import numpy as np
import pytest

from tests.page.browser import Page, golden_files
from tests.parity.compare import (
    Array,
    Stages,
    compare_decoded,
    compare_log_mel,
    compare_logits,
    compare_probabilities,
    compare_resampled,
    hold,
    samples_later,
)
from tests.parity.reference import golden_stages
from tests.parity.stages import stages_of_pcm
from tests.support import REPOSITORY


@pytest.fixture(scope="module")
def stereo() -> dict[str, Any]:
    """A golden case whose two channels differ."""
    cases = golden_files(REPOSITORY / "model")
    return next(case for case in cases if case["channels"] == 2 and np.any(case["pcm"][:, 0] != case["pcm"][:, 1]))


@pytest.fixture(scope="module")
def golden(stereo: dict[str, Any]) -> Stages:
    return golden_stages(stereo)


def in_page(page: Page, case: dict[str, Any], channels: slice = slice(None), **faults: Any) -> Stages:
    pcm = case["pcm"][:, channels].astype(np.float32) / 32_768
    return stages_of_pcm(page, pcm, case["sample_rate_hz"], **faults)


def test_wrong_hop(module_page: Page, stereo: dict[str, Any], golden: Stages) -> None:
    found = in_page(module_page, stereo, hop_length=1710)
    frames = min(len(found.log_mel), len(golden.log_mel))
    with pytest.raises(AssertionError, match="log_mel"):
        hold(compare_log_mel(found.log_mel[:frames], golden.log_mel[:frames]))


def test_wrong_number_of_frames(module_page: Page, stereo: dict[str, Any], golden: Stages) -> None:
    found = in_page(module_page, stereo)
    with pytest.raises(AssertionError, match="log_mel: shape"):
        hold(compare_log_mel(found.log_mel[:-1], golden.log_mel))


def test_wrong_mel_scale(module_page: Page, stereo: dict[str, Any], golden: Stages) -> None:
    """HTK's formula for the mel, the other one in use, instead of Slaney's."""
    htk = librosa.filters.mel(sr=22_050, n_fft=2048, n_mels=golden.log_mel.shape[1], htk=True)
    with pytest.raises(AssertionError, match="log_mel"):
        hold(compare_log_mel(in_page(module_page, stereo, mel_filters=htk).log_mel, golden.log_mel))


def test_left_only_mono(module_page: Page, stereo: dict[str, Any], golden: Stages) -> None:
    found = in_page(module_page, stereo, slice(1))
    with pytest.raises(AssertionError, match="resampled"):
        hold(compare_resampled(found.resampled, golden.resampled))
    with pytest.raises(AssertionError, match="log_mel"):
        hold(compare_log_mel(found.log_mel, golden.log_mel))


def test_one_frame_shift(module_page: Page, stereo: dict[str, Any], golden: Stages) -> None:
    found = in_page(module_page, stereo)
    with pytest.raises(AssertionError, match="log_mel"):
        hold(compare_log_mel(found.log_mel[1:], golden.log_mel[:-1]))


def test_another_resampling_filter(module_page: Page, stereo: dict[str, Any], golden: Stages) -> None:
    kernel = {"type": "kaiser_sinc", "zero_crossings": 16, "rolloff": 0.90, "kaiser_beta": 6.5}
    found = in_page(module_page, stereo, resampler=kernel)
    with pytest.raises(AssertionError, match="resampled"):
        hold(compare_resampled(found.resampled, golden.resampled))


def test_steps_in_each_others_places(module_page: Page, stereo: dict[str, Any], golden: Stages) -> None:
    found = in_page(module_page, stereo)
    with pytest.raises(AssertionError, match="logits"):
        hold(compare_logits(np.roll(found.logits, 1, axis=0), golden.logits))


def test_logits_that_are_all_too_high_which_probabilities_do_not_show(golden: Stages) -> None:
    with pytest.raises(AssertionError, match="logits"):
        hold(compare_logits(golden.logits + 0.02 * np.ptp(golden.logits), golden.logits))


def test_probabilities_off_by_a_little_more_than_allowed(golden: Stages) -> None:
    wrong = golden.probabilities.copy()
    wrong[0, 0] += 0.011
    with pytest.raises(AssertionError, match=r"probabilities: 0.0110, 1.1 times .* at \(0, 0\)"):
        hold(compare_probabilities(wrong, golden.probabilities))


def test_what_is_no_number(golden: Stages) -> None:
    wrong = golden.resampled.copy()
    wrong[1000] = np.nan
    with pytest.raises(AssertionError, match="resampled"):
        hold(compare_resampled(wrong, golden.resampled))


def test_bins_that_are_no_numbers(golden: Stages) -> None:
    wrong = golden.log_mel.copy()
    wrong[3, 3] = np.nan
    with pytest.raises(AssertionError, match="log_mel"):
        hold(compare_log_mel(wrong, golden.log_mel))


def test_quiet_bins_may_be_off_where_only_audible_ones_count(golden: Stages) -> None:
    quiet = golden.log_mel < golden.log_mel.max() - 61
    assert 0.01 < quiet.mean() < 0.99
    off = golden.log_mel + 0.01 * quiet
    hold(compare_log_mel(off, golden.log_mel, only_audible=True))
    with pytest.raises(AssertionError, match="log_mel"):
        hold(compare_log_mel(off, golden.log_mel))
    with pytest.raises(AssertionError, match="log_mel"):
        hold(compare_log_mel(golden.log_mel + 0.01 * ~quiet, golden.log_mel, only_audible=True))


def test_a_decoder_that_begins_later(noise: Array) -> None:
    late = np.concatenate([np.zeros((1105, 2)), noise])[: len(noise)]
    deviation = compare_decoded(late, noise, 1e-5)
    assert deviation.is_missed
    assert deviation.cell == "exact +1105 later"
    early = compare_decoded(noise[24:], noise, 1e-5, may_end_apart=1000)
    assert early.is_missed
    assert early.cell == "exact -24 later -24 long"


def test_a_decoder_that_ends_sooner(noise: Array) -> None:
    deviation = compare_decoded(noise[:-616], noise, 1e-5)
    assert deviation.cell == "exact -616 long"
    assert deviation.is_missed
    hold(compare_decoded(noise[:-616], noise, 1e-5, may_end_apart=616))


def test_a_decoder_that_is_less_exact(noise: Array) -> None:
    off = noise + np.where(np.arange(len(noise)) == 300, 2e-5, 0)[:, np.newaxis]
    assert compare_decoded(off, noise, 1e-5).excess == pytest.approx(2)
    hold(compare_decoded(off, noise, 3e-5))


def test_a_mono_song_that_comes_twice_is_itself(noise: Array) -> None:
    mono = noise[:, :1]
    hold(compare_decoded(np.repeat(mono, 2, axis=1), mono, 1e-9))
    with pytest.raises(AssertionError, match="decoded"):
        hold(compare_decoded(noise, mono, 1e-9))


def test_one_channel_is_the_mean_of_all(noise: Array) -> None:
    hold(compare_decoded(noise.mean(axis=1, keepdims=True), noise, 1e-9))
    with pytest.raises(AssertionError, match="decoded"):
        hold(compare_decoded(noise[:, :1], noise, 1e-9))


def test_silence_begins_when_silence_begins() -> None:
    assert samples_later(np.zeros(5000), np.zeros(4000)) == 0


@pytest.fixture
def noise() -> Array:
    """PCM [n, 2]."""
    return np.random.default_rng(0).uniform(-0.5, 0.5, (20_000, 2))
