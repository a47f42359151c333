"""Browsers without what the page needs are told so, instead of failing at the first song."""

from __future__ import annotations

import pytest
from selenium import webdriver

from tests.page.browser import Page


@pytest.mark.parametrize(
    "missing",
    [
        "delete window.WebAssembly",
        "WebAssembly.validate = (code) => !new Uint8Array(code).includes(253)",  # no SIMD instructions
        "delete window.Worker",
        "delete window.OfflineAudioContext",
    ],
)
def test_what_is_missing_is_said(page: Page, chromium: webdriver.Chrome, missing: str) -> None:
    script = chromium.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": missing})
    page.reload()
    chromium.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    assert page.state == "error"
    assert "A current Firefox, Chrome, Edge or Safari has them" in page.text("#alert")
