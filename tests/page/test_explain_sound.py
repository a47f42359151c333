"""static/explain: the sound around a second, heard again, is what the analysis had."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.page.browser import Page
from tests.page.conftest import MEDLEY
from tests.support import make_audio

# Windows around rows of a file, and all the frames that an analysis of it has.
SCRIPT = """
const [content, rows] = args;
const file = new Blob([Uint8Array.from(atob(content), (char) => char.charCodeAt(0))]);
const { fetchContract } = await load("contract.js");
const { decodeWhole, stretch } = await load("decode/browser-decoder.js");
const { identify } = await load("decode/identify.js");
const { PcmSource } = await load("decode/pcm/source.js");
const { openSource } = await load("engine/open-source.js");
const { SegmentTask } = await load("engine/segment-task.js");
const { makeTools } = await load("engine/tools.js");
const { Explainer } = await load("explain/explainer.js");
const contract = await fetchContract(contractUrl);
const explainer = new Explainer(contract, contractUrl);
const around = [];
for (const row of rows) {
  const { log_mel, first_frame, n_frames } = await explainer.logMelAround(file, row);
  around.push({ log_mel: pack(log_mel), first_frame, n_frames });
}
explainer.end();

const route = await identify(file);
let source = await openSource(file, route, contract);
if (!source) {
  const whole = await decodeWhole(file, route.container, route.sample_rate_hz);
  const read = (first, end) => ({ kind: "pcm", channels: stretch(whole, first, end) });
  source = new PcmSource({ sample_rate_hz: whole.sampleRate, n_samples: whole.length }, read, contract);
}
const tools = await makeTools(contract, contractUrl);
const whole = [];
for await (const segment of source.segments()) {
  for await (const { log_mel } of new SegmentTask(segment, tools).parts()) whole.push(...log_mel);
}
return { around, whole: pack(whole), by: route.by };
"""


def heard(page: Page, file: Path, *rows: int) -> tuple[list[dict[str, Any]], np.ndarray, str]:
    """Windows around these rows, and all frames of the song, log_mel [frames, n_mels]; its way of decoding."""
    found = page.run(SCRIPT, base64.b64encode(file.read_bytes()).decode(), rows)
    windows = [{**one, "log_mel": one["log_mel"].reshape(-1, 128)} for one in found["around"]]
    return windows, found["whole"].reshape(-1, 128), found["by"]


def assert_same(window: dict[str, Any], whole: np.ndarray) -> None:
    """Hundredths of decibels are what a decoder differs by that began at another packet."""
    first = window["first_frame"]
    own = whole[first : first + window["n_frames"]]
    is_sound = own > own.max() - 70
    assert window["n_frames"] == 128
    np.testing.assert_allclose(window["log_mel"][is_sound], own[is_sound], rtol=0, atol=0.01)


def test_anywhere_in_a_song_it_is_the_frames_of_the_analysis(module_page: Page) -> None:
    n_rows = 109
    windows, whole, _ = heard(module_page, MEDLEY, 0, 3, 50, 51, n_rows - 4, n_rows - 1)
    firsts = [window["first_frame"] for window in windows]
    assert firsts[0] == firsts[1] == 0  # shifted inwards at the beginning
    assert firsts[2] < firsts[3]
    assert firsts[-2] == firsts[-1] == len(whole) // 4 * 4 - 128  # and at the end
    for window in windows:
        assert_same(window, whole)
    middle_s = (windows[2]["first_frame"] + 64) * 1711 / 22050
    assert middle_s == pytest.approx(50.5, abs=0.4)


@pytest.mark.parametrize(
    ("name", "options", "by"),
    [
        ("song.wav", ("-ar", "48000", "-ac", "2"), "pcm"),
        ("song.opus", ("-c:a", "libopus"), "packets"),
        ("song.webm", ("-c:a", "libopus"), "browser"),
    ],
)
def test_whatever_the_file_is(module_page: Page, tmp_path: Path, name: str, options: tuple[str, ...], by: str) -> None:
    song = make_audio(tmp_path / name, *options, source="anoisesrc=duration=32:seed=2:amplitude=0.3")
    windows, whole, found_by = heard(module_page, song, 1, 20, 31)
    assert found_by == by
    for window in windows:
        assert_same(window, whole)


def test_of_a_short_song_it_is_all_there_is(module_page: Page, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "short.wav", source="anoisesrc=duration=4:seed=2:amplitude=0.3")
    (window,), whole, _ = heard(module_page, song, 2)
    assert (window["first_frame"], window["n_frames"]) == (0, len(whole))
    np.testing.assert_array_equal(window["log_mel"], whole)


UNDECODABLE = """
const fileOf = (content) => new Blob([Uint8Array.from(atob(content), (char) => char.charCodeAt(0))]);
const [broken, whole] = args.slice(0, 2).map(fileOf);
const { fetchContract } = await load("contract.js");
const { Explainer } = await load("explain/explainer.js");
const explainer = new Explainer(await fetchContract(contractUrl), contractUrl);
const refused = explainer.logMelAround(broken, 2).catch(({ code }) => code);
const { n_frames } = await explainer.logMelAround(whole, 2);
explainer.end();
return [await refused, n_frames];
"""


def test_what_the_browser_cannot_decode_holds_up_no_other_question(module_page: Page, tmp_path: Path) -> None:
    song = make_audio(tmp_path / "a.webm", "-c:a", "libopus", source="anoisesrc=duration=12:seed=2").read_bytes()
    files = [base64.b64encode(content).decode() for content in (song[:400], song)]
    assert module_page.run(UNDECODABLE, *files) == ["broken-audio", 128]
