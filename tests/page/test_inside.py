"""static/inside: what the network's units answer in a song, second by second, and what they hear best."""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np
import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from model.contract import load_contract
from model.features import LogMelStream
from model.windows import cut_windows, owned_steps, step_centres_s
from tests.page.axe import violations
from tests.page.browser import NOTE_PLAYED, Page, first_visit, own_tab
from tests.page.chart_links import Chart
from tests.page.looks import LOOKS, emulate
from tests.page.models import contract_of
from tests.page.own_models import bring
from tests.support import REPOSITORY, SONGS
from training.model_network import network_of_model
from training.prepare import decoded_log_mel
from training.watched import watched_convolutions

SONG = SONGS / "jazz.mp3"
CONTRACT = load_contract(REPOSITORY / "model")
UNITS = json.loads((CONTRACT.folder / str(CONTRACT.units)).read_text(encoding="utf-8"))
SECOND = 5
# A whole song heard by a worker as the page has it.
INSIDE = """
const [content, n_rows] = args;
const file = new Blob([Uint8Array.from(atob(content), (char) => char.charCodeAt(0))]);
const { fetchContract } = await load("contract.js");
const { Questions } = await load("explain/questions.js");
const start = () => new Worker(new URL("static/inside/inside-worker.js", document.baseURI), { type: "module" });
const questions = new Questions(start, { contract: await fetchContract(contractUrl), folder: contractUrl });
const { strengths } = await questions.ask({ kind: "inside", file, n_rows }, file);
questions.end();
return pack(strengths);
"""
# What the buttons of a second's sound and of a unit's say: after each is turned on, and when the song plays meanwhile.
TWO_SOUNDS = """
const { Listening } = await load("explain/listening.js");
const { UnitCard } = await load("inside/unit-card.js");
const onError = (error) => { throw error; };
const samples = new Float32Array(22050);
const listening = new Listening(() => {}, onError);
const around = { samples, marks: new Float32Array(128), sample_rate_hz: 22050, from_s: 0 };
const explainer = { through: async () => [samples, samples] };
listening.offer(explainer, around, { row_s: 0, step_s: 1, start_s: 0, span_s: 1 });
let finish = () => {};
const imagine = () => new Promise((resolve) => { finish = () => resolve(samples); });
const card = new UnitCard({ pause() {}, imagine, onError });
const size = { n_cells: 2, n_frames: 2, frames_a_column: 1, duration_s: 1 };
const told = { ...size, pictures: [new Uint8Array(4)], units: [{ n_excerpts: 5, genres: {} }] };
const strengths = new Float32Array(1);
const inside = { layers: [{ told }], strengths, n_rows: 1, range_db: 80, band_centres_hz: [100, 1000] };
card.show({ inside, step_s: 1, sample_rate_hz: 22050, place: { layer: 0, unit: 0, i: 0, at: 0 } }, 0);
const [why, unit] = [document.querySelector("#why-play"), card.element.querySelector(".inside-play")];
const said = [];
for (const [button, song_plays] of [[why, false], [unit, false], [why, false], [unit, true]]) {
  button.click();
  if (song_plays) document.querySelector("#audio").dispatchEvent(new Event("play"));
  finish();
  await new Promise((resolve) => setTimeout(resolve));
  said.push(`${why.textContent} ${unit.textContent}`);
}
card.clear();
listening.withdraw();
return said;
"""
# By layer, the units that are named, in their order.
NAMED = """
return [...document.querySelectorAll(".inside-layer")].map((layer) =>
  [...layer.querySelectorAll(".name")].map(({ textContent }) => Number(textContent.split(" ")[1])));
"""


@pytest.fixture(scope="module")
def reference() -> np.ndarray:
    """[units, rows]: the strengths by the Keras network, as the view tells them."""
    log_mel = decoded_log_mel(SONG, CONTRACT.chain, CONTRACT.mel_filters(), CONTRACT.minimum_duration_s)
    assert not isinstance(log_mel, str)
    network = network_of_model(CONTRACT)
    watched = watched_convolutions(network, [layer["name"] for layer in UNITS["layers"]])
    outputs = [network.get_layer(each.watched_at).output for each in watched]
    answers = keras.Model(network.input, outputs).predict_on_batch(cut_windows(log_mel, CONTRACT.windows))
    owned = owned_steps(len(log_mel), CONTRACT.windows)
    maxima = []
    for answer, layer in zip(answers, UNITS["layers"], strict=True):
        by_step = answer.reshape(len(answer), CONTRACT.windows.window_steps, -1, answer.shape[-1]).max(axis=2)
        units = [unit["unit"] for unit in layer["units"]]
        maxima.append(np.concatenate([steps[own] for steps, own in zip(by_step, owned, strict=True)])[:, units])
    steps = np.concatenate(maxima, axis=1)
    seconds = step_centres_s(len(steps), CONTRACT.chain, CONTRACT.windows).astype(int)
    rows = np.stack([steps[seconds == second].max(axis=0) for second in range(seconds.max() + 1)], axis=1)
    deviations = rows.std(axis=1, keepdims=True)
    strengths: np.ndarray = (rows - rows.mean(axis=1, keepdims=True)) / np.where(deviations > 0, deviations, 1)
    return strengths  # 0 of units that this song leaves alone


def wait_for_units(page: Page) -> None:
    page.wait_for("document.querySelector('.inside-unit h4')?.checkVisibility()")


def title(page: Page) -> str:
    return page.text("#inside-title")


def test_the_units_answer_as_the_reference_does(page: Page, reference: np.ndarray) -> None:
    content = base64.b64encode(SONG.read_bytes()).decode()
    n_units, n_rows = reference.shape
    found = page.run(INSIDE, content, n_rows).reshape(n_units, n_rows)
    difference = np.abs(found - reference)
    assert np.quantile(difference, 0.999) < 0.05
    assert difference.max() < 0.3


def test_a_chart_without_its_sound_says_so(page: Page) -> None:
    page.driver.execute_script("location.hash = arguments[0]", Chart(title="Linked song").fragment())
    page.wait_for("document.querySelector('#from-link').checkVisibility()")
    page.driver.execute_script("history.replaceState(null, '', location.pathname)")
    page.find("#inside-button").click()
    page.wait_for("document.querySelector('#inside-state')?.textContent")
    assert "a link carries no sound" in page.text("#inside-state")
    assert page.driver.find_elements("css selector", ".inside-stripe") == []


def test_a_model_that_says_nothing_of_its_units_shows_how_they_answer(page: Page, toy: Path) -> None:
    bring(page, toy)
    page.analyse(SONG)
    page.find("#inside-button").click()
    wait_for_units(page)
    assert "does not say what its units hear best" in page.text("#inside")
    assert not page.find(".inside-seen").is_displayed()
    assert not page.find(".inside-play").is_displayed()
    assert [len(named) for named in page.run(NAMED)] == [5] * 6


def test_one_sound_is_heard_at_a_time(page: Page) -> None:
    assert page.run(TWO_SOUNDS) == ["Stop Listen", "Play Stop", "Stop Listen", "Play Listen"]


# The view as the page makes it, of a host that has the model but not what is said of its units.
WITHOUT_UNITS = """
const { fetchContract } = await load("contract.js");
const { InsidePanel } = await load("inside/panel.js");
const contract = { ...await fetchContract(contractUrl), units: "nowhere/units.json" };
const [media] = args[0].files;
const getModel = async () => ({ contract, folder: contractUrl });
const button = document.querySelector("#inside-button");
const panel = await InsidePanel.create({ button, getModel, pause() {}, announce() {} });
await panel.show({ title: "", media, analysis: analyses[0] }, 0);
"""


def test_what_could_not_be_fetched_is_not_called_damaged(page: Page) -> None:
    page.analyse(SONG)
    page.run(WITHOUT_UNITS, page.file_input(SONG))
    wait_for_units(page)
    assert "could not be fetched" in page.text("#inside")
    assert "damaged" not in page.text("#inside")
    assert len(page.run(NAMED)) > 0
    page.console()  # which some browsers tell of what is not there, too


def with_units(folder: Path, pictures: bytes) -> Path:
    """What the page needs of the shipped model, with other pictures of its units."""
    contract = contract_of(CONTRACT.folder)
    units, browser = (Path(contract[key]).parent for key in ("units", "browser_model"))
    for path in (Path(path) for path in contract["files"]):
        if path.parent in (units, browser) or path == Path(contract["signal_chain"]["mel_filters"]):
            (folder / path.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy(CONTRACT.folder / path, folder / path)
    shutil.copy(CONTRACT.folder / "contract.json", folder)
    (folder / units / UNITS["pictures"]).write_bytes(pictures)
    return folder


def test_a_damaged_units_file_costs_the_pictures_alone(page: Page, tmp_path: Path) -> None:
    bring(page, with_units(tmp_path / "spoilt", b"cut off"))
    page.analyse(SONG)
    page.find("#inside-button").click()
    wait_for_units(page)
    words = page.text("#inside")
    assert "What this model says of its units is damaged" in words
    assert "units.bin" in words
    assert len(page.run(NAMED)) == len(UNITS["layers"])


@pytest.fixture(scope="module")
def inside(chromium: webdriver.Chrome, server_url: str) -> Iterator[Page]:
    """A page that shows a song's inside: the tests below go on with it, one after another."""
    with own_tab(chromium):
        page = first_visit(chromium, server_url)
        page.run(NOTE_PLAYED)
        page.analyse(SONG)
        page.find("#plot").send_keys(Keys.ARROW_RIGHT * SECOND)
        page.find("#plot").send_keys("i")
        wait_for_units(page)
        yield page


def test_it_names_the_strongest_of_the_second(inside: Page, reference: np.ndarray) -> None:
    assert title(inside) == f"Inside the network at 0:0{SECOND}"
    first = 0
    for layer, named in zip(UNITS["layers"], inside.run(NAMED), strict=True):
        units = [unit["unit"] for unit in layer["units"]]
        strengths = reference[first : first + len(units), SECOND]
        first += len(units)
        expected = np.sort(strengths)[::-1][: len(named)]
        np.testing.assert_allclose([strengths[units.index(unit)] for unit in named], expected, rtol=0, atol=0.1)
        assert units[strengths.argmax()] in named[:2]
    deepest = UNITS["layers"][-1]
    assert inside.text(".inside-unit h4") == f"Unit {inside.run(NAMED)[-1][0]} of layer {len(UNITS['layers'])}"
    genres = next(unit["genres"] for unit in deepest["units"] if unit["unit"] == inside.run(NAMED)[-1][0])
    commonest, n = next(iter(genres.items()))
    assert f"It answers most in {commonest} ({n} of 8)" in inside.text("#inside-words")


def test_it_follows_the_song(inside: Page) -> None:
    before = inside.run(NAMED)
    inside.find("#plot").send_keys(Keys.ARROW_RIGHT * 3)
    inside.wait_for(f"document.querySelector('#inside-title').textContent.endsWith('0:0{SECOND + 3}')")
    assert inside.run(NAMED) != before
    assert inside.text(".inside-strength").startswith(f"At 0:0{SECOND + 3} it answers ")


def test_a_units_sound_is_that_of_its_picture(inside: Page) -> None:
    inside.find(".inside-play").click()
    inside.wait_for("played.length > 0")
    samples = inside.run("return pack(played[0])")
    assert inside.text(".inside-play") == "Stop"
    inside.find(".inside-play").click()
    inside.wait_for("document.querySelector('.inside-play').textContent === 'Listen'")
    assert 0.3 < np.abs(samples).max() < 0.41
    layer, unit = UNITS["layers"][-1], int(inside.text(".inside-unit h4").split()[1])
    size = layer["n_columns"] * layer["n_cells"]
    pictures = np.fromfile(CONTRACT.folder / Path(str(CONTRACT.units)).with_name(UNITS["pictures"]), np.uint8)
    of_layer = pictures[-size * len(layer["units"]) :].reshape(-1, layer["n_columns"], layer["n_cells"])
    picture = of_layer[[each["unit"] for each in layer["units"]].index(unit)] * UNITS["range_db"] / 255
    stream = LogMelStream(CONTRACT.chain, CONTRACT.mel_filters(), CONTRACT.chain.sample_rate_hz)
    log_mel = stream.whole([samples[:, np.newaxis]])
    assert len(log_mel) == layer["n_frames"]
    heard = log_mel.reshape(len(log_mel), layer["n_cells"], -1).mean(axis=(0, 2))
    difference = heard - picture.mean(axis=0)
    assert np.std(difference) < 3, "dB, by band"


def test_a_unit_is_chosen_and_the_view_closed_by_keyboard(inside: Page) -> None:
    chosen, now = inside.text(".inside-unit h4"), title(inside).rpartition(" ")[2]
    inside.driver.execute_script("document.querySelector('.inside-stripe input').focus()")
    inside.driver.switch_to.active_element.send_keys(Keys.ARROW_DOWN)
    first = inside.run(NAMED)[0]
    assert inside.text(".inside-unit h4") == f"Unit {first[1]} of layer 1" != chosen
    assert inside.text("#announcer").startswith(f"Unit {first[1]} of layer 1 At {now} it answers ")
    inside.driver.switch_to.active_element.send_keys(Keys.ESCAPE)
    assert not inside.find("#inside").is_displayed()
    assert inside.driver.find_elements("css selector", ".inside-stripe") == [], "nothing is kept of the song"
    assert inside.run("return document.activeElement.id") == "inside-button"
    inside.driver.switch_to.active_element.send_keys(Keys.ENTER)
    wait_for_units(inside)


def test_it_is_for_everybody(inside: Page) -> None:
    for name in ("wide", "dark", "320 px"):
        emulate(inside, **LOOKS[name])
        assert violations(inside) == [], name
        assert inside.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth"), name
    inside.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    inside.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
