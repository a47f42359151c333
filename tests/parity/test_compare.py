"""The comparer finds what it is there to find: each fault here is made on purpose in the page's own chain."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.page.browser import Page, golden_files
from tests.parity.compare import assert_log_mel, assert_logits, assert_probabilities, assert_resampled
from tests.parity.stages import stages_in_page
from tests.support import REPOSITORY


@pytest.fixture(scope="module")
def stereo() -> dict[str, Any]:
    """A golden case whose two channels differ."""
    cases = golden_files(REPOSITORY / "model")
    return next(case for case in cases if case["channels"] == 2 and np.any(case["pcm"][:, 0] != case["pcm"][:, 1]))


def test_wrong_hop(module_page: Page, stereo: dict[str, Any]) -> None:
    found = stages_in_page(module_page, stereo, with_network=False, hop_length=1710)
    frames = min(len(found.log_mel), len(stereo["log_mel"]))
    with pytest.raises(AssertionError, match="of bins within"):
        assert_log_mel(found.log_mel[:frames], stereo["log_mel"][:frames])


def test_wrong_number_of_frames(module_page: Page, stereo: dict[str, Any]) -> None:
    found = stages_in_page(module_page, stereo, with_network=False)
    with pytest.raises(AssertionError, match="shape"):
        assert_log_mel(found.log_mel[:-1], stereo["log_mel"])


def test_left_only_mono(module_page: Page, stereo: dict[str, Any]) -> None:
    left = {**stereo, "pcm": stereo["pcm"][:, :1]}
    found = stages_in_page(module_page, left, with_network=False)
    with pytest.raises(AssertionError, match="resampled: off by"):
        assert_resampled(found.resampled, stereo["resampled"])
    with pytest.raises(AssertionError, match="log_mel"):
        assert_log_mel(found.log_mel, stereo["log_mel"])


def test_one_frame_shift(module_page: Page, stereo: dict[str, Any]) -> None:
    found = stages_in_page(module_page, stereo, with_network=False)
    with pytest.raises(AssertionError, match="log_mel"):
        assert_log_mel(found.log_mel[1:], stereo["log_mel"][:-1])


def test_another_resampling_filter(module_page: Page, stereo: dict[str, Any]) -> None:
    kernel = {"type": "kaiser_sinc", "zero_crossings": 16, "rolloff": 0.90, "kaiser_beta": 6.5}
    found = stages_in_page(module_page, stereo, with_network=False, resampler=kernel)
    with pytest.raises(AssertionError, match="resampled: off by"):
        assert_resampled(found.resampled, stereo["resampled"])


def test_steps_in_each_others_places(module_page: Page, stereo: dict[str, Any]) -> None:
    found = stages_in_page(module_page, stereo)
    assert found.logits is not None
    with pytest.raises(AssertionError, match="logits: off by"):
        assert_logits(np.roll(found.logits, 1, axis=0), stereo["logits"])


def test_logits_that_are_all_too_high_which_probabilities_do_not_show(stereo: dict[str, Any]) -> None:
    with pytest.raises(AssertionError, match="logits: off by"):
        assert_logits(stereo["logits"] + 0.02 * np.ptp(stereo["logits"]), stereo["logits"])


def test_probabilities_off_by_a_little_more_than_allowed(stereo: dict[str, Any]) -> None:
    wrong = stereo["probabilities"].copy()
    wrong[0, 0] += 0.011
    with pytest.raises(AssertionError, match=r"probabilities: off by 0.011 .* at \(0, 0\)"):
        assert_probabilities(wrong, stereo["probabilities"])
