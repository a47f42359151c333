"""What the network runs on: WASM, unless a GPU was measured to be faster and as exact, or the visitor says otherwise.

Chromium's GPU here is software (SwiftShader), on every machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from selenium.webdriver.common.keys import Keys

from tests.page.browser import EmptyPage, Page
from tests.page.browsers import start_chromium
from tests.page.test_privacy import requests_in
from tests.support import SONGS

SOFTWARE_GL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
SOFTWARE_WEBGPU = ("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader")
SONG = SONGS / "formats" / "stereo-48000-vbr.mp3"
GPU_LIBRARIES = ("tfjs-backend-webgl", "tfjs-backend-webgpu")
ON_CPU, ON_WEBGL = "Runs on: this device's CPU (WebAssembly, ", "Runs on: this device's GPU (WebGL)"


# The offline copy has every file of the page: with it nobody could tell what the page itself had use for.
NO_OFFLINE_COPY = "ServiceWorkerContainer.prototype.register = () => new Promise(() => {});"


@pytest.fixture
def visitor(server_url: str, tmp_path: Path) -> Iterator[Page]:
    """The page on somebody's first visit, in a browser whose requests are logged and which keeps no offline copy."""
    log = ("--net-log-capture-mode=IncludeSensitive", f"--log-net-log={tmp_path / 'net-log.json'}")
    driver = start_chromium(tmp_path / "profile", *SOFTWARE_GL, *log)
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NO_OFFLINE_COPY})
    try:
        yield Page(driver, server_url)
    finally:
        driver.quit()


def requested(page: Page, folder: Path) -> list[str]:
    """Ends the browser; what the page and its workers asked for, all of it of our server."""
    page.driver.quit()
    urls = [asked.url for asked in requests_in(folder / "net-log.json") if asked.initiator == page.url]
    assert [url for url in urls if not url.startswith(("blob:", page.url))] == []
    return urls


def recalled(page: Page, name: str) -> Any:
    return json.loads(page.driver.execute_script(f"return localStorage.getItem('genrescope:{name}')") or "null")


def radio(page: Page, choice: str) -> Any:
    return page.find(f"#backend input[value={choice}]")


def test_by_itself_it_stays_on_the_cpu_where_the_gpu_is_software_and_says_why(visitor: Page, tmp_path: Path) -> None:
    assert visitor.analyse(SONG)["backend"] == "wasm"
    assert visitor.text("#backend-in-use").startswith(ON_CPU)
    visitor.wait_for("localStorage.getItem('genrescope:probe')")
    verdict = recalled(visitor, "probe")["verdict"]
    assert (verdict["backend"], verdict["reason"]["webgl"]["code"]) == ("wasm", "software")
    visitor.find("#backend summary").click()
    visitor.wait_for("document.querySelector('#backend-webgl-note').textContent")
    assert "Simulated by software, which is slow: ANGLE" in visitor.text("#backend-webgl-note")
    urls = requested(visitor, tmp_path)
    assert any(url.endswith("probe-worker.js") for url in urls)
    assert [url for url in urls if any(library in url for library in GPU_LIBRARIES)] == []


def test_a_machine_is_measured_once(visitor: Page, tmp_path: Path) -> None:
    visitor.analyse(SONG)
    visitor.wait_for("localStorage.getItem('genrescope:probe')")
    visitor.reload()
    visitor.analyse(SONG)
    visitor.run("await new Promise((resolve) => requestIdleCallback(() => setTimeout(resolve, 300)))")
    assert len([url for url in requested(visitor, tmp_path) if url.endswith("probe-worker.js")]) == 1


def test_the_visitors_webgl_gives_the_same_rows_and_is_remembered(visitor: Page, tmp_path: Path) -> None:
    expected = visitor.analyse(SONG)["probabilities"]
    visitor.find("#backend summary").click()
    radio(visitor, "webgl").click()
    assert visitor.text("#backend-note") == "Used from the next song on."
    analysis = visitor.analyse(SONG, timeout_s=180)
    assert analysis["backend"] == "webgl"
    np.testing.assert_allclose(analysis["probabilities"], expected, rtol=0, atol=0.01)
    assert visitor.text("#backend-in-use") == ON_WEBGL
    assert visitor.text("#backend-note") == ""  # it said "from the next song on" until then
    visitor.reload()
    assert radio(visitor, "webgl").is_selected()
    radios = visitor.driver.execute_script("return document.querySelectorAll('#backend input:checked').length")
    assert radios == 1
    visitor.find("#backend summary").click()
    radio(visitor, "wasm").click()
    assert visitor.analyse(SONG)["backend"] == "wasm"
    libraries = {library for library in GPU_LIBRARIES for url in requested(visitor, tmp_path) if library in url}
    assert libraries == {"tfjs-backend-webgl"}


def test_a_gpu_that_does_not_start_is_told_and_the_cpu_goes_on(page: Page) -> None:
    page.run("localStorage.setItem('genrescope:backend', '\"webgpu\"')")
    page.reload()
    try:
        assert page.analyse(SONG)["backend"] == "wasm"
        assert page.text("#backend-note") == (
            "The GPU cannot be used, so the CPU is. (webgpu does not run: there is no WebGPU adapter)"
        )
        assert page.text("#backend-in-use").startswith(ON_CPU)
        assert radio(page, "webgpu").is_selected()
    finally:
        page.run("localStorage.clear()")


def test_what_was_measured_is_used_until_it_fails(page: Page) -> None:
    page.run(
        """
        const { version } = await (await fetch(contractUrl)).json();
        const reason = { webgpu: { code: "faster", gain: 2 }, webgl: { code: "none" } };
        const verdict = { backend: "webgpu", reason, ms_per_window: {} };
        const probe = { machine: `${version} ${navigator.userAgent}`, verdict };
        localStorage.setItem("genrescope:probe", JSON.stringify(probe));
        """
    )
    page.reload()
    assert page.analyse(SONG)["backend"] == "wasm"
    assert "there is no WebGPU adapter" in page.text("#backend-note")
    page.wait_for("(localStorage.getItem('genrescope:probe') ?? '').includes('\"backend\":\"wasm\"')")


def test_what_the_browser_does_not_have_cannot_be_chosen(page: Page) -> None:
    summary = page.find("#backend summary")
    page.wait_for("document.querySelector('#backend-in-use').textContent")
    summary.send_keys(Keys.ENTER)
    page.wait_for("document.querySelector('#backend-webgpu-note').textContent")
    assert page.text("#backend-webgpu-note") == "Not in this browser on this device."
    assert not radio(page, "webgpu").is_enabled()
    assert radio(page, "webgpu").get_attribute("aria-describedby") == "backend-webgpu-note"
    radio(page, "auto").send_keys(Keys.ARROW_DOWN)  # by keyboard, past nothing that is there
    assert radio(page, "wasm").is_selected()
    assert recalled(page, "backend") == "wasm"
    radio(page, "wasm").send_keys(Keys.ARROW_UP)
    assert recalled(page, "backend") is None


LOSE_THE_GPU = """
const [backend] = args;
const { loadNetwork } = await load("network/tf.js");
const { browser_model } = await (await fetch(contractUrl)).json();
const network = await loadNetwork(new URL(browser_model, contractUrl).href, 128, 128, backend);
const window = new Float32Array(128 * 128).fill(0.1);
if (backend === "webgl") tf.backend().gpgpu.gl.getExtension("WEBGL_lose_context").loseContext();
else tf.backend().device.destroy();
return network(window).catch((error) => `${error.name}: ${error.message}`);
"""


@pytest.mark.parametrize("backend", ["webgl", "webgpu"])
def test_a_gpu_that_is_lost_is_an_error_and_not_a_wait_for_ever(server_url: str, tmp_path: Path, backend: str) -> None:
    driver = start_chromium(tmp_path, *SOFTWARE_GL, *SOFTWARE_WEBGPU)
    try:
        page = EmptyPage(driver, server_url)
        told = page.run(LOSE_THE_GPU, backend)
    finally:
        driver.quit()
    assert told == f"BackendError: {backend} does not run: the GPU was lost"


ASK_FOR_MEASURING = """
const contract = await (await fetch(contractUrl)).json();
const { probe } = await load("network/probe.js");
const question = { contract, folder: contractUrl, n_workers: 2, rest_ms: 30 };
return probe(question, { webgpu: { code: "none" }, webgl: { code: "hardware", name: "Apple GPU" } });
"""


def test_software_that_calls_itself_hardware_is_found_out_by_measuring(visitor: Page) -> None:
    # WebKitGTK says "Apple GPU" on any machine.
    verdict = visitor.run(ASK_FOR_MEASURING)
    assert verdict["backend"] == "wasm"
    assert verdict["reason"]["webgl"]["code"] in {"slow-start", "slower"}
    assert verdict["ms_per_window"]["wasm"] > 0


EXAMINE = """
const { examine } = await load("network/probe.js");
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const wasm = { windows: [Float32Array.of(1)], logits: [Float32Array.of(-10, 0, 10)], ms: 40 };
const [scale, window_ms, start_ms] = args;
const gpu = async () => {
  await sleep(window_ms);
  return Float32Array.from(wasm.logits[0], (logit) => logit * scale);
};
const start = async () => {
  await sleep(start_ms);
  return gpu;
};
return (await examine(start, { n_workers: 2, rest_ms: 0 }, wasm)).code;
"""


@pytest.mark.parametrize(
    ("scale", "window_ms", "start_ms", "code"),
    [
        (1.0, 0, 0, "faster"),
        (1.015, 0, 0, "faster"),
        (1.03, 0, 0, "inexact"),
        ("NaN", 0, 0, "inexact"),
        (1.0, 60, 0, "slower"),
        (1.0, 0, 3001, "slow-start"),
    ],
)
def test_a_gpu_must_be_exact_and_fast(
    module_page: Page, scale: float | str, window_ms: int, start_ms: int, code: str
) -> None:
    assert module_page.run(EXAMINE, scale, window_ms, start_ms) == code


@pytest.mark.parametrize(
    ("wasm_ms", "gpu_ms", "n_workers", "rest_ms", "gain"),
    [
        (12, 4, 2, 0, 1.5),  # two workers in WASM: a window every 6 ms
        (12, 4, 4, 0, 0.75),
        (12, 4, 2, 32, 22 / 18),  # what is left to the others dominates
        (12, 30, 2, 8, 10 / 30),  # they wait for the GPU
    ],
)
def test_the_gain_is_a_whole_songs(
    module_page: Page, wasm_ms: float, gpu_ms: float, n_workers: int, rest_ms: float, gain: float
) -> None:
    script = "return (await load('network/probe.js')).gain(args[0], args[1], { n_workers: args[2], rest_ms: args[3] })"
    assert module_page.run(script, wasm_ms, gpu_ms, n_workers, rest_ms) == pytest.approx(gain)


def test_a_song_comes_before_the_measuring(module_page: Page) -> None:
    answer = module_page.run(
        """
        const { Prober } = await load("engine/prober.js");
        const contract = await (await fetch(contractUrl)).json();
        const prober = new Prober();
        const asked = prober.probe({ contract, folder: contractUrl, n_workers: 2, rest_ms: 30 });
        prober.stop();
        return [await asked, await prober.survey()];
        """
    )
    assert answer[0] is None
    assert set(answer[1]) == {"webgpu", "webgl"}
