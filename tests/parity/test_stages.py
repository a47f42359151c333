"""The page's JavaScript in real Chromium against the golden vectors that export wrote in Python."""

from __future__ import annotations

from typing import Any

import pytest

from tests.page.browser import Page, golden_files
from tests.parity.compare import assert_log_mel, assert_logits, assert_probabilities, assert_resampled
from tests.parity.stages import stages_in_page
from tests.support import REPOSITORY

CASES = golden_files(REPOSITORY / "model")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_stage_gives_the_golden_values(module_page: Page, case: dict[str, Any]) -> None:
    found = stages_in_page(module_page, case)
    assert_resampled(found.resampled, case["resampled"])
    assert_log_mel(found.log_mel, case["log_mel"])
    assert found.logits is not None
    assert_logits(found.logits, case["logits"])
    assert found.probabilities is not None
    assert_probabilities(found.probabilities, case["probabilities"])


def test_there_are_cases_of_several_rates_and_of_one_and_two_channels() -> None:
    assert {case["sample_rate_hz"] for case in CASES} >= {22050, 44100, 48000}
    assert {case["channels"] for case in CASES} == {1, 2}
