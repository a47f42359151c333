"""No sound to listen to: each reason is said in words of its own."""

from __future__ import annotations

import pytest
from selenium.webdriver.common.by import By

from tests.page.browser import Page


def test_a_computer_without_a_microphone_says_so(page: Page) -> None:
    page.find("#listen-microphone").click()
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert "There is none. Connect a microphone" in page.text("#alert")


@pytest.mark.parametrize(
    ("source", "name", "words"),
    [
        ("microphone", "NotReadableError", "It does not start. Another program may be using it"),
        ("microphone", "TypeError", "could not pass the sound on"),
        ("tab", "NotAllowedError", "Nothing was shared"),
    ],
)
def test_each_way_to_get_no_sound_has_its_words(page: Page, source: str, name: str, words: str) -> None:
    page.run(
        """
        const refuse = async () => { throw new DOMException("no", args[0]); };
        navigator.mediaDevices.getUserMedia = navigator.mediaDevices.getDisplayMedia = refuse;
        """,
        name,
    )
    page.find(f"#listen-{source}").click()
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert words in page.text("#alert")


def test_a_tab_that_is_shared_without_its_sound(page: Page) -> None:
    page.run(
        """
        window.picture = document.createElement("canvas").captureStream();
        navigator.mediaDevices.getDisplayMedia = async () => picture;
        """
    )
    page.find("#listen-tab").click()
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert "shared without its sound" in page.text("#alert")
    assert page.driver.execute_script("return picture.getTracks().map((track) => track.readyState)") == ["ended"]


def test_a_session_that_is_stopped_at_once_is_no_song(module_page: Page) -> None:
    script = """
    const { fetchContract } = await load("contract.js");
    const { port1, port2 } = new MessageChannel();
    const worker = new Worker(new URL("static/live/live-worker.js", document.baseURI), { type: "module" });
    const contract = await fetchContract(contractUrl);
    worker.postMessage({ kind: "init", contract, folder: contractUrl, port: port2 }, [port2]);
    port1.postMessage({ channels: [new Float32Array(20000)], sample_rate_hz: 44100 });
    port1.postMessage("end");
    const answer = await new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data); });
    worker.terminate();
    return answer;
    """
    answer = module_page.run(script)
    assert (answer["kind"], answer["code"]) == ("failed", "too-short")


def test_what_this_browser_cannot_listen_to_is_not_offered(page: Page) -> None:
    page.run(
        """
        const { LivePanel } = await load("ui/live-panel.js");
        Object.defineProperty(navigator, "mediaDevices", { value: undefined });
        new LivePanel({ onListen() {}, onStop() {} });
        """
    )
    assert page.driver.find_elements(By.CSS_SELECTOR, "#listen button:not([hidden])") == []
    assert page.text("#listen-note").startswith("This browser does not let a page listen.")
