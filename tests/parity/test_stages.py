"""The page's JavaScript in real Chromium against Python: golden vectors that export wrote, and signals made here."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from model.predictor import Predictor
from tests.page.browser import Page, golden_files
from tests.parity.compare import compare_stages, hold
from tests.parity.measure import measure_signal
from tests.parity.reference import golden_stages
from tests.parity.signals import KINDS, RATES_HZ, Signal, signals
from tests.parity.stages import stages_of_pcm
from tests.support import REPOSITORY

CASES = golden_files(REPOSITORY / "model")
SOME_SIGNALS = list(signals())[1::4]  # `python -m tests.parity` has them all


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_every_stage_gives_the_golden_values(shared_module_page: Page, case: dict[str, Any]) -> None:
    pcm = case["pcm"].astype(np.float32) / 32_768
    found = stages_of_pcm(shared_module_page, pcm, case["sample_rate_hz"])
    hold(*compare_stages(found, golden_stages(case)))


def test_there_are_cases_of_several_rates_and_of_one_and_two_channels() -> None:
    assert {case["sample_rate_hz"] for case in CASES} >= {22050, 44100, 48000}
    assert {case["channels"] for case in CASES} == {1, 2}


@pytest.mark.parametrize("signal", SOME_SIGNALS, ids=lambda signal: signal.name)
def test_every_stage_of_a_signal_is_pythons(shared_module_page: Page, predictor: Predictor, signal: Signal) -> None:
    hold(*measure_signal(shared_module_page, predictor, signal).deviations)


def test_there_are_signals_of_every_kind_and_at_every_rate() -> None:
    assert {signal.kind for signal in SOME_SIGNALS} == set(KINDS)
    assert {signal.sample_rate_hz for signal in SOME_SIGNALS} == set(RATES_HZ)
