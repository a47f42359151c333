"""static/contract.js: a model folder that this page cannot use is refused in words."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from tests.page.browser import Page, PageError
from tests.support import REPOSITORY

CHECK = 'const { checkContract } = await load("contract.js"); return checkContract(args[0]).name;'
CONTRACT = json.loads((REPOSITORY / "model" / "contract.json").read_text(encoding="utf-8"))


def test_the_shipped_contract_is_fine(shared_module_page: Page) -> None:
    assert shared_module_page.run(CHECK, CONTRACT) == CONTRACT["name"]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("format", 2, "format is 2; this page knows 1"),
        ("signal_chain.window", "hamming", 'signal_chain.window is "hamming"'),
        ("signal_chain.resampler.type", "linear", 'signal_chain.resampler.type is "linear"'),
        ("signal_chain.log.type", "natural", 'signal_chain.log.type is "natural"'),
        ("signal_chain.n_fft", 2000, "n_fft is 2000, must be a power of two"),
        ("signal_chain.hop_length", 4096, "hop_length is 4096, must be at most n_fft"),
        ("network.window_steps", 31, "window_steps"),
        ("rows.unsure_below", None, "rows.unsure_below is null, must be a probability"),
        ("rows.verdict_unsure_below", 1.5, "rows.verdict_unsure_below is 1.5, must be a probability"),
        ("genres", ["one"], "genres must be at least two names"),
        ("genres", ["one", "one"], "genres must be at least two names, each a different one"),
        ("genres", ["one", 2], "genres must be at least two names"),
        ("genres", {"one": 1, "two": 2}, "genres must be at least two names"),
        ("signal_chain", None, "signal_chain.window is undefined"),
        ("signal_chain.n_mels", "128", 'signal_chain.n_mels is "128", must be a whole number from 1 to 4096'),
        ("signal_chain.sample_rate_hz", 1e12, "sample_rate_hz is 1000000000000, must be a whole number"),
        ("rows.temperature", 0, "rows.temperature is 0, must be a number above 0"),
        ("rows.short_verdict_temperature", "2", 'rows.short_verdict_temperature is "2", must be a number of at'),
        ("rows.short_verdict_below_s", 0.5, "rows.short_verdict_below_s is 0.5, must be a number of at least 1"),
        ("network.window_stride_frames", 110, "leaves no whole steps of 4 frames"),
        ("network.window_stride_frames", 132, "leaves no whole steps of 4 frames"),
        ("browser_model", "", 'browser_model is "", must be a text'),
    ],
)
def test_what_it_cannot_do_is_refused(shared_module_page: Page, path: str, value: Any, words: str) -> None:
    contract = copy.deepcopy(CONTRACT)
    *folders, last = path.split(".")
    part = contract
    for folder in folders:
        part = part[folder]
    part[last] = value
    with pytest.raises(PageError, match=f"ContractError: contract.json: .*{words}"):
        shared_module_page.run(CHECK, contract)


GENRES = CONTRACT["genres"]
SEVERAL = {
    **{key: CONTRACT["rows"][key] for key in ("step_s", "context_s", "temperature", "verdict_temperature")},
    "activation": "sigmoid",
    "thresholds": [0.5] * len(GENRES),
    "verdict_thresholds": [0.4] * len(GENRES),
}


def test_a_contract_of_several_genres_at_once_needs_no_bounds_for_one(shared_module_page: Page) -> None:
    assert shared_module_page.run(CHECK, {**CONTRACT, "rows": SEVERAL}) == CONTRACT["name"]
    assert shared_module_page.run(CHECK, {**CONTRACT, "rows": {**CONTRACT["rows"], "activation": "softmax"}})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"activation": "relu"}, 'rows.activation is "relu"; this page knows "softmax" and "sigmoid"'),
        ({"thresholds": [0.5] * 9}, r"rows.thresholds is \[0.5,.*\], must be a list of 10 probabilities, one a genre"),
        ({"thresholds": [0.5] * 200}, r"rows.thresholds is \[0.5,.{70,80}…, must be a list of 10 probabilities"),
        ({"thresholds": None}, "rows.thresholds is null, must be a list of 10 probabilities"),
        ({"verdict_thresholds": [0.5] * 9 + [1.5]}, "rows.verdict_thresholds is .* must be a list of 10 probabilities"),
        ({"verdict_thresholds": [0.5] * 9 + ["1"]}, "rows.verdict_thresholds is .* must be a list of 10 probabilities"),
        ({"activation": "softmax"}, "rows.unsure_below is undefined, must be a probability"),
    ],
)
def test_thresholds_that_do_not_fit_are_refused(shared_module_page: Page, change: dict[str, Any], words: str) -> None:
    with pytest.raises(PageError, match=f"ContractError: contract.json: {words}"):
        shared_module_page.run(CHECK, {**CONTRACT, "rows": {**SEVERAL, **change}})


def test_a_missing_contract_is_told_by_its_address(page: Page) -> None:
    script = 'const { fetchContract } = await load("contract.js"); await fetchContract("no-such-folder/contract.json");'
    with pytest.raises(PageError, match=r"no-such-folder/contract\.json answered 404"):
        page.run(script)
    page.console()  # a 404 is an error to the console
