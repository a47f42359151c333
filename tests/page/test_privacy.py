"""The song stays in the browser: what is requested while the page loads and a song is analysed."""

from __future__ import annotations

import json
from pathlib import Path

from tests.page.browser import Page
from tests.page.browsers import start_chromium
from tests.support import SONGS


def requests_in(net_log: Path) -> list[tuple[str, str, str]]:
    """(method, address, who asked) of every request in Chromium's own network log, workers' included."""
    log = json.loads(net_log.read_text(encoding="utf-8"))
    start = log["constants"]["logEventTypes"]["URL_REQUEST_START_JOB"]
    parameters = (event.get("params", {}) for event in log["events"] if event["type"] == start)
    return [(found["method"], found["url"], found["initiator"]) for found in parameters if "url" in found]


def test_nothing_is_asked_of_anyone_else_and_nothing_is_sent(server_url: str, tmp_path: Path) -> None:
    net_log = tmp_path / "net-log.json"
    driver = start_chromium(tmp_path / "profile", f"--log-net-log={net_log}", "--net-log-capture-mode=IncludeSensitive")
    try:
        page = Page(driver, server_url)
        page.analyse(SONGS / "metal.mp3")
        page.analyse(SONGS / "formats" / "stereo-48000.opus")
        assert driver.get_cookies() == []
        violations = [entry for entry in page.console() if "Content Security Policy" in entry]
        assert violations == []
    finally:
        driver.quit()
    requests = requests_in(net_log)
    ours = [(method, url) for method, url, _ in requests if url.startswith(server_url)]
    assert any(url.endswith("/model/contract.json") for _, url in ours)
    assert any(url.endswith("tfjs-backend-wasm-simd.wasm") for _, url in ours)
    assert {method for method, _ in ours} == {"GET"}
    assert [url for _, url in ours if "metal" in url or "stereo" in url] == []
    # Chromium asks for things of its own, such as the time; what a page or worker asks for names its origin.
    asked_by_page = [url for _, url, initiator in requests if initiator == server_url]
    assert len(asked_by_page) > 20
    assert [url for url in asked_by_page if not url.startswith(("blob:", "data:", server_url))] == []


def test_the_policy_holds(page: Page) -> None:
    refused = page.run(
        """
        const violations = [];
        document.addEventListener("securitypolicyviolation", (event) => violations.push(event.effectiveDirective));
        await fetch("http://127.0.0.1:9/").catch(() => {});
        const image = new Image();
        image.src = "http://127.0.0.1:9/x.png";
        await new Promise((resolve) => setTimeout(resolve, 100));
        return violations.sort();
        """
    )
    assert refused == ["connect-src", "img-src"]
    assert page.driver.execute_script("return crossOriginIsolated")
    page.console()  # these complaints were wanted
