"""static/library/store.js and what it is made of: a song that was heard opens at once, on this device alone."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.page.browser import Page
from tests.page.song_list import begun, watch
from tests.page.test_song import IS_PAINTED
from tests.support import SONGS

SONG = SONGS / "metal.mp3"
IS_KEPT = "!document.querySelector('#kept').hidden"

# A store of its own making, files of random bytes, and an analysis of them.
BEGIN = """
const { AnalysisStore } = await load("library/store.js");
const { pack, unpack } = await load("library/packed.js");
const contract = { name: "some model", version: "1", genres: ["a", "b"] };
const random = (n) => {
  const bytes = new Uint8Array(n);
  for (let at = 0; at < n; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  return bytes;
};
const analysisOf = (n_rows) => ({
  model: { name: contract.name, version: contract.version }, genres: contract.genres, duration_s: n_rows, step_s: 1,
  probabilities: Array.from({ length: n_rows }, (_, i) => [i / 1e6, 1 - i / 1e6]),
  unsure: Array.from({ length: n_rows }, (_, i) => i % 3 === 0),
  verdict: { genre: "b", confidence: 0.7, unsure: false, probabilities: { a: 0.3, b: 0.7 } }, backend: "wasm",
});
const store = new AnalysisStore();
await store.forget();
"""


def keep(page: Page, song: Path) -> dict[str, Any]:
    """Chooses a song and waits until it is kept; gives its analysis."""
    analysis = page.analyse(song)
    page.wait_for(IS_KEPT)
    return analysis


def recall(page: Page, song: Path) -> dict[str, Any]:
    """Chooses a song, whatever is kept; gives its analysis."""
    n = page.driver.execute_script("return analyses.length")
    page.choose(song)
    page.wait_for(f"analyses.length > {n}")
    return dict(page.driver.execute_script("return analyses.at(-1)"))


def test_a_song_that_was_heard_opens_at_once_under_any_name(page: Page, tmp_path: Path) -> None:
    heard = keep(page, SONG)
    shares = page.text("#shares")
    page.reload()
    page.wait_for(IS_KEPT)
    watch(page)
    kept = recall(page, Path(shutil.copy(SONG, tmp_path / "another name.mp3")))
    assert begun(page) == []
    assert set(kept["timings_ms"]) == {"store", "first_row", "total"}
    assert kept | {"timings_ms": None} == heard | {"timings_ms": None}
    assert page.driver.execute_script("return states") == ["loading", "done"]
    assert (page.text("#title"), page.text("#shares")) == ("another name", shares)
    assert page.text("#status") == "0:13, heard before"
    page.wait_for(IS_PAINTED)
    assert page.find("#audio").is_displayed()


def test_songs_are_forgotten_when_the_visitor_says_so(page: Page) -> None:
    keep(page, SONG)
    assert "remembered on this device" in page.text("#kept")
    page.find("#forget").click()
    page.wait_for("document.querySelector('#kept').hidden")
    page.wait_for("document.querySelector('#announcer').textContent === 'All songs are forgotten.'")
    watch(page)
    assert "decode" in recall(page, SONG)["timings_ms"]
    assert begun(page) == ["metal.mp3"]


def test_what_is_kept_names_nothing_and_nobody(page: Page, tmp_path: Path) -> None:
    keep(page, Path(shutil.copy(SONG, tmp_path / "a secret of mine.mp3")))
    script = """
    const { openDB } = await load("vendor/idb-8.0.3/index.js");
    const [kept] = await (await openDB("genrescope")).getAll("analyses");
    const { key, fingerprint, used_ms, packed } = kept;
    const { probabilities, unsure, ...rest } = packed;
    const kinds = [probabilities, unsure].map(({ constructor }) => constructor.name);
    return { fields: Object.keys(kept), key, fingerprint, rest, kinds };
    """
    kept = page.run(script)
    assert set(kept["fields"]) == {"key", "fingerprint", "used_ms", "packed"}
    assert kept["kinds"] == ["Float32Array", "Uint8Array"]
    assert set(kept["rest"]) == {"model", "genres", "duration_s", "step_s", "verdict", "backend"}
    assert "secret" not in json.dumps(kept)
    model = f"{kept['rest']['model']['name']} {kept['rest']['model']['version']}"
    assert kept["key"][64:] == kept["fingerprint"][64:] == f" {model}"


def test_packed_and_unpacked_the_numbers_are_the_same(module_page: Page) -> None:
    script = """
    const analysis = analysisOf(1000);
    const { timings_ms, ...again } = unpack(structuredClone(pack(analysis)), performance.now());
    return [JSON.stringify(again.probabilities) === JSON.stringify(analysis.probabilities), again.unsure.length,
            JSON.stringify(Object.entries(again).sort()) === JSON.stringify(Object.entries(analysis).sort())];
    """
    assert module_page.run(BEGIN + script) == [True, 1000, True]


def test_another_model_has_heard_nothing(module_page: Page) -> None:
    script = """
    const file = new Blob([random(1000)]);
    await store.keep(file, pack(analysisOf(3)));
    const found = [contract, { ...contract, version: "2" }, { ...contract, name: "other" }];
    return Promise.all(found.map(async (one) => (await store.find(file, one))?.packed.duration_s ?? null));
    """
    assert module_page.run(BEGIN + script) == [3, None, None]


@pytest.mark.parametrize("changed_byte", [0, 700_001, 1_100_000, 2_999_999])
def test_every_byte_counts(module_page: Page, changed_byte: int) -> None:
    """Two mixes of one song that differ in a bar only: neither their size nor their ends tell them apart."""
    script = """
    const bytes = random(3_000_000);
    await store.keep(new Blob([bytes]), pack(analysisOf(3)));
    const before = await store.find(new Blob([bytes]), contract);
    bytes[args[0]] ^= 1;
    return [before !== null, await store.find(new Blob([bytes]), contract)];
    """
    assert module_page.run(BEGIN + script, changed_byte) == [True, None]


def test_the_hash_is_of_the_blocks_and_the_size(module_page: Page) -> None:
    script = """
    const { contentHash } = await load("library/content-hash.js");
    const bytes = random(1_200_000);
    const digest = async (part) => new Uint8Array(await crypto.subtle.digest("SHA-256", part));
    const blocks = [bytes.subarray(0, 524288), bytes.subarray(524288, 1048576), bytes.subarray(1048576)];
    const parts = ["1200000 ", ...(await Promise.all(blocks.map(digest)))];
    const expected = [...(await digest(await new Blob(parts).arrayBuffer()))];
    const found = await contentHash(new Blob([bytes]));
    const inHex = expected.map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return [found === inHex, await contentHash(new Blob([])) === found];
    """
    assert module_page.run(BEGIN + script) == [True, False]


def test_the_one_that_was_not_asked_for_the_longest_goes_first(module_page: Page) -> None:
    script = """
    const small = new AnalysisStore({ most_songs: 2 });
    const files = [1, 2, 3].map(() => new Blob([random(1000)]));
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5)); // by the clock, in ms
    for (const file of files.slice(0, 2)) { await small.keep(file, pack(analysisOf(3))); await pause(); }
    await small.find(files[0], contract);
    await pause();
    await small.keep(files[2], pack(analysisOf(3)));
    const n_kept = await small.count();
    return [n_kept, ...(await Promise.all(files.map((file) => small.find(file, contract)))).map((one) => one !== null)];
    """
    assert module_page.run(BEGIN + script) == [2, True, False, True]


def test_of_sessions_those_are_kept_that_were_looked_at_last(module_page: Page) -> None:
    script = """
    const { KeptSessions } = await load("library/kept-sessions.js");
    const sound = { frames: new Uint8Array(8), n_bands: 3, frame_s: 0.1, loudest: 9, highest: 9 };
    const pause = () => new Promise((resolve) => setTimeout(resolve, 5)); // by the clock, in ms
    const session = (i) => ({ id: `${i}`, source: "microphone", started_ms: i, recording: null });
    const keep = async (kept, i) => { await kept.keep(session(i), pack(analysisOf(3)), sound); await pause(); };
    const ids = async (kept) => (await kept.all()).map(({ session }) => session.id).join();
    const few = new KeptSessions(store, () => {}, 3);
    for (const i of [1, 2, 3]) await keep(few, i);
    await store.keep(new Blob([random(1000)]), pack(analysisOf(3))); // a song has its own bound
    await few.soundOf(session(1));
    await pause();
    await keep(few, 4);
    const sounds = (await (await store.open()).getAllKeys("sounds")).join();
    return [await ids(few), sounds, await store.count(), await ids(new KeptSessions(store, () => {}, 2))];
    """
    assert module_page.run(BEGIN + script) == ["1,3,4", "session 1,session 3,session 4", 4, "1,4"]


def test_what_is_being_kept_while_all_is_forgotten_is_forgotten(module_page: Page) -> None:
    script = """
    const file = new Blob([random(2_000_000)]);
    const kept = store.keep(file, pack(analysisOf(3)));
    await new AnalysisStore().forget();
    await kept;
    return store.count();
    """
    assert module_page.run(BEGIN + script) == 0


@pytest.mark.parametrize(
    "fault",
    [
        "Object.defineProperty(window, 'indexedDB', { value: undefined });",
        "indexedDB.open = () => { throw new DOMException('not here', 'SecurityError'); };",
        "IDBFactory.prototype.open = () => new EventTarget();",
        "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); };",
        "Object.defineProperty(Crypto.prototype, 'subtle', { value: undefined });",
    ],
    ids=["none", "forbidden", "silent", "full", "insecure"],
)
def test_a_browser_that_keeps_nothing_hears_songs_all_the_same(page: Page, fault: str) -> None:
    script = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": fault})
    try:
        page.reload()
        watch(page)
        first, second = recall(page, SONG), recall(page, SONG)
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    assert first["probabilities"] == second["probabilities"]
    assert begun(page) == ["metal.mp3"] * 2
    assert page.find("#kept").get_attribute("hidden")
    assert page.text("#alert") == ""
