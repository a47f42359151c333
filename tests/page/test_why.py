"""static/explain: a visitor asks why a genre is heard in a second, and hears the part that spoke for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from model.contract import load_contract
from model.features import log_mel_of_frames
from tests.page.axe import violations
from tests.page.browser import NOTE_PLAYED, Page, first_visit, own_tab
from tests.page.chart_links import Chart
from tests.page.looks import LOOKS, emulate
from tests.support import REPOSITORY, SONGS
from training.explanation import frames_of_row

SONG = SONGS / "jazz.mp3"
CONTRACT = load_contract(REPOSITORY / "model")
CHAIN = CONTRACT.chain
MOST_OPAQUE = 0.8
WORDS = re.compile(
    r"Between \d+:\d\d and \d+:\d\d, what is heard .* spoke most for (\w+); (what is heard .*|hardly anything) "
    r"spoke against it\."
)

NOTE_SAID = """
window.said = [];
const announcer = document.querySelector("#announcer");
new MutationObserver(() => announcer.textContent && said.push(announcer.textContent))
  .observe(announcer, { childList: true });
"""
# What it says while it has no answer yet; a picture without a name is none to a screen reader.
NOTE_FIRST_WORDS = """
const note = () => { window.first_words ??= document.querySelector("#why-words").textContent; };
new MutationObserver(note).observe(document.querySelector("#why"), { attributeFilter: ["hidden"] });
"""
MARKS = """
const { width, height } = document.querySelector("#why-marks");
const { data } = document.querySelector("#why-marks").getContext("2d").getImageData(0, 0, width, height);
const is_for = (at) => data[at] < data[at + 2]; // blue, and not orange
return pack(Array.from({ length: width * height }, (_, i) => (is_for(4 * i) ? 1 : -1) * data[4 * i + 3] / 255));
"""


def test_a_chart_without_its_sound_cannot_be_asked(page: Page) -> None:
    page.driver.execute_script("location.hash = arguments[0]", Chart(title="Linked song").fragment())
    page.wait_for("document.querySelector('#from-link').checkVisibility()")
    page.driver.execute_script("history.replaceState(null, '', location.pathname)")
    page.find("#plot").send_keys("w")
    assert not page.find("#why-button").is_displayed()
    assert not page.find("#why").is_displayed()
    assert "why" not in (page.find("#plot").get_attribute("aria-label") or "")


def offered(page: Page, **changes: Any) -> bool:
    """Whether a chart with the song's media is offered to be asked, with changes to what its analysis says."""
    script = """
    const { WhyEntry } = await load("explain/entry.js");
    const { fetchContract } = await load("contract.js");
    const contract = await fetchContract(contractUrl);
    const { name, version } = contract;
    const getModel = async () => ({ contract, folder: contractUrl });
    const entry = new WhyEntry({ getModel, getTime: () => 0, pause() {} });
    const analysis = { model: { name, version }, timings_ms: { total: 1 }, backend: "wasm", ...args[0] };
    await entry.offer(new Blob(["song"]), analysis);
    return !document.querySelector("#why-button").hidden;
    """
    return bool(page.run(script, changes))


def test_only_what_this_browsers_network_has_heard_can_be_asked(page: Page) -> None:
    assert offered(page)
    assert not offered(page, backend="server")
    assert not offered(page, model={"name": "another", "version": "1"})


PLAY_THE_SONG_MEANWHILE = """
const { Listening } = await load("explain/listening.js");
const listening = new Listening(() => {}, (error) => { throw error; });
const samples = new Float32Array(22050);
let finish;
const explainer = { through: () => new Promise((resolve) => { finish = () => resolve([samples, samples]); }) };
const around = { samples, marks: new Float32Array(128), sample_rate_hz: 22050, from_s: 0 };
listening.offer(explainer, around, { row_s: 0, step_s: 1, start_s: 0, span_s: 1 });
const button = document.querySelector("#why-play");
button.click();
document.querySelector("#audio").dispatchEvent(new Event("play"));
finish();
await new Promise((resolve) => setTimeout(resolve));
return button.textContent;
"""


def test_a_part_that_is_ready_when_the_song_plays_again_stays_silent(page: Page) -> None:
    assert page.run(PLAY_THE_SONG_MEANWHILE) == "Play"


@pytest.fixture(scope="module")
def asked(chromium: webdriver.Chrome, server_url: str) -> Iterator[Page]:
    """A page with a song that was heard: the tests below go on with it, one after another."""
    with own_tab(chromium):
        page = first_visit(chromium, server_url)
        page.run(NOTE_PLAYED + NOTE_SAID)
        page.analyse(SONG)
        yield page


def seek(page: Page, time_s: float) -> None:
    page.driver.execute_script("document.querySelector('#audio').currentTime = arguments[0]", time_s)
    page.wait_for("!document.querySelector('#audio').seeking")


def wait_for_answer(page: Page, title: str) -> str:
    """What it says about the genre and second in its title."""
    is_there = "document.querySelector('#why').ariaBusy === 'false'"
    page.wait_for(f"{is_there} && document.querySelector('#why-title').textContent === {title!r}")
    return page.text("#why-words").replace("\u202f", " ")


def marks(page: Page) -> np.ndarray:
    """[frames, n_mels], as they are painted."""
    cells = page.run(MARKS).reshape(CHAIN.n_mels, -1)
    return np.asarray(cells[::-1].T / MOST_OPAQUE)


def test_a_second_is_explained_in_words_and_marks(asked: Page) -> None:
    fetched = asked.driver.execute_script("return performance.getEntriesByType('resource').map(({ name }) => name)")
    assert [url.rpartition("/")[2] for url in fetched if "explain" in url] == ["entry.js"]  # until it is wanted
    seek(asked, 6.4)
    asked.run(NOTE_FIRST_WORDS)
    asked.find("#why-button").click()
    words = wait_for_answer(asked, "Why jazz at 0:06?")
    assert asked.driver.execute_script("return first_words") == "Listening to this second again …"
    match = WORDS.fullmatch(words)
    assert match
    assert match[1] == "jazz"
    said = [text.replace("\u202f", " ") for text in asked.driver.execute_script("return said")]
    assert said.count(words) == 1
    assert asked.find("#why-button").get_attribute("aria-expanded") == "true"
    strongest = np.abs(marks(asked))
    assert strongest.max() == pytest.approx(1, abs=0.01)
    assert 0.01 < (strongest > 0.5).mean() < 0.3


SPACED = "* { letter-spacing: .12em !important; word-spacing: .16em !important; line-height: 1.5 !important; }"


def test_nothing_in_it_breaks_wcag(asked: Page) -> None:
    assert violations(asked) == []
    emulate(asked, **LOOKS["320 px"])
    for css in ("", SPACED):  # as readers may set text (WCAG 1.4.12)
        widths = asked.run(
            """
            const sheet = new CSSStyleSheet();
            sheet.replaceSync(args[0]);
            document.adoptedStyleSheets = [sheet];
            const { scrollWidth, clientWidth } = document.querySelector("#why");
            return [scrollWidth, clientWidth];
            """,
            css,
        )
        assert widths[0] <= widths[1], css
    asked.run("document.adoptedStyleSheets = []")
    asked.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_any_genre_can_be_asked_about(asked: Page) -> None:
    before = marks(asked)
    options = asked.find("#why-genre").find_elements(By.TAG_NAME, "option")
    assert [option.text.split()[0] for option in options] == list(CONTRACT.genres)
    options[CONTRACT.genres.index("metal")].click()
    match = WORDS.fullmatch(wait_for_answer(asked, "Why metal at 0:06?"))
    assert match is None or match[1] == "metal"
    assert np.corrcoef(before.ravel(), marks(asked).ravel())[0, 1] < 0.5


def powers(samples: np.ndarray, starts: np.ndarray) -> np.ndarray:
    frames = np.stack([samples[start : start + CHAIN.n_fft] for start in starts])
    return np.asarray(10 ** (log_mel_of_frames(frames, CONTRACT.mel_filters(), CHAIN) / 10))


def test_what_spoke_for_it_is_heard_where_it_is_marked(asked: Page) -> None:
    asked.find("#why-play").click()
    asked.wait_for("played.length === 3 && document.querySelector('#why-play').textContent === 'Stop'")
    whole, *parts = asked.run("return played.map(pack)")
    painted = marks(asked)
    n_song = int(asked.driver.execute_script("return analyses[0].duration_s") * CHAIN.frame_rate_hz)
    first = frames_of_row(6, n_song, CONTRACT).start * CHAIN.hop_length / CHAIN.sample_rate_hz
    begin = round((max(first, 6 - 3) - first) * CHAIN.sample_rate_hz)
    starts = np.arange(len(painted)) * CHAIN.hop_length - begin
    fits = (starts >= 0) & (starts + CHAIN.n_fft <= len(whole))
    assert fits.sum() > 60
    around = powers(whole, starts[fits])
    for part, side in zip(parts, (1, -1), strict=True):
        assert np.abs(part).max() <= np.abs(whole).max() + 1e-6
        heard = powers(part, starts[fits])
        mask = side * painted[fits]
        marked, rest = mask > 0.95, mask <= 0
        assert heard[marked].sum() > 0.6 * around[marked].sum()
        assert np.median(heard[rest] / around[rest]) < 0.02


def test_parts_are_compared_while_they_play(asked: Page) -> None:
    asked.find("#why-listen label:nth-of-type(2)").click()
    asked.wait_for("document.querySelector('#why-playhead').checkVisibility()")
    assert asked.driver.execute_script("return played.length") == 3  # they go on
    asked.find("#why-play").click()
    assert asked.text("#why-play") == "Play"
    assert not asked.find("#why-playhead").is_displayed()


def test_one_sound_at_a_time(asked: Page) -> None:
    asked.run("await document.querySelector('#audio').play()")
    asked.find("#why-play").click()
    asked.wait_for("document.querySelector('#why-play').textContent === 'Stop'")
    assert asked.driver.execute_script("return document.querySelector('#audio').paused")
    asked.run("await document.querySelector('#audio').play(); document.querySelector('#audio').pause();")
    asked.wait_for("document.querySelector('#why-play').textContent === 'Play'")


def test_by_keyboard_and_the_next_second_without_asking_again(asked: Page) -> None:
    asked.find("#why-close").send_keys(Keys.ENTER)
    assert not asked.find("#why").is_displayed()
    assert asked.driver.switch_to.active_element == asked.find("#why-button")
    seek(asked, 8.5)
    plot = asked.find("#plot")
    plot.send_keys("w")
    first = wait_for_answer(asked, "Why jazz at 0:08?")
    plot.send_keys(Keys.ARROW_RIGHT)
    assert wait_for_answer(asked, "Why jazz at 0:09?") != first
    assert asked.driver.switch_to.active_element == plot
    asked.find("#why-genre").send_keys(Keys.ESCAPE)
    assert not asked.find("#why").is_displayed()
