"""A model of the visitor's own: dropped or chosen, checked, in use for the visit, and given up again."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from tests.page.browser import Page
from tests.page.browsers import BROWSERS
from tests.page.models import contract_of, export_toy, widened, write_contract
from tests.support import SONGS, ServerProcess

SONG = SONGS / "metal.mp3"
GENRES = ["drone", "hum", "whistle"]
IN_USE = "Listening with your model “toy” (3 genres)."


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_toy(tmp_path_factory.mktemp("own") / "my model", *GENRES)


@pytest.fixture
def copy(toy: Path, tmp_path: Path) -> Path:
    """A copy of the model folder to be spoilt."""
    return Path(shutil.copytree(toy, tmp_path / "my model"))


def zipped(folder: Path, path: Path, prefix: str = "my model/", **options: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, prefix + file.relative_to(folder).as_posix())
    return path


def drop(page: Page, path: Path) -> None:
    """Drops a file or a folder from the disk on the page, as a hand does. Chromium only."""
    carried = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": 400, "y": 300, "data": carried}
        page.driver.execute_cdp_cmd("Input.dispatchDragEvent", event)  # type: ignore[attr-defined]


def bring(page: Page, model: Path) -> None:
    """Chooses a model's folder or zip, and waits until it is in use."""
    page.find("#model-zip" if model.is_file() else "#model-folder").send_keys(str(model))
    page.wait_for("document.querySelector('#own-model-words').textContent.startsWith('Listening with your model')")


def refused(page: Page, model: Path) -> str:
    page.find("#model-zip" if model.is_file() else "#model-folder").send_keys(str(model))
    page.wait_for("document.querySelector('#own-model-alert').textContent")
    return page.text("#own-model-alert")


def test_a_dropped_folder_listens_from_then_on(page: Page, toy: Path) -> None:
    page.driver.execute_script("localStorage.clear()")
    drop(page, toy)
    page.wait_for("document.querySelector('#own-model-leave').checkVisibility()")
    assert page.text("#own-model-words") == IN_USE
    analysis = page.analyse(SONG)
    assert analysis["genres"] == GENRES
    assert analysis["model"]["name"] == "toy"
    assert (
        page.driver.execute_script("return [...document.querySelectorAll('#labels li')].map(l => l.textContent)")
        == GENRES
    )
    assert page.driver.execute_script("return Object.keys(localStorage)") == []


@pytest.fixture(scope="module")
def toy_rows(toy: Path) -> np.ndarray:
    """What a server with this model answers about the song."""
    server = ServerProcess(MODEL=str(toy))
    try:
        server.wait_until_ready()
        answer = httpx.post(f"{server.url}/predict", files={"file": SONG.open("rb")}, timeout=60)
    finally:
        server.stop()
    rows = np.array(answer.json()["probabilities"])
    assert np.ptp(rows, axis=0).max() > 0.1  # else all networks would be the same
    return rows


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_the_page_gives_the_numbers_of_a_server_with_this_model(
    page: Page, toy: Path, toy_rows: np.ndarray, tmp_path: Path, form: str
) -> None:
    bring(page, toy if form == "folder" else zipped(toy, tmp_path / "toy.zip"))
    np.testing.assert_allclose(page.analyse(SONG)["probabilities"], toy_rows, rtol=0, atol=0.02)


def test_the_song_on_the_page_stays_and_can_be_heard_again(page: Page, toy: Path) -> None:
    built_in = page.analyse(SONG)
    bring(page, toy)
    assert (page.state, page.text("#title")) == ("done", "metal")
    assert page.text("#own-model-again") == "Hear “metal” again with it"
    page.find("#own-model-again").click()
    page.wait_for("analyses.length === 2 && document.querySelector('main').dataset.state === 'done'")
    assert page.driver.execute_script("return analyses[1].genres") == GENRES
    assert not page.find("#own-model-again").is_displayed()

    page.find("#own-model-leave").click()
    assert page.text("#own-model-words") == "Listening with the built-in model again."
    assert page.driver.execute_script("return document.activeElement.id") == "own-model-again"
    page.find("#own-model-again").click()
    page.wait_for("analyses.length === 3")
    assert page.driver.execute_script("return analyses[2].probabilities") == built_in["probabilities"]
    assert page.text("#own-model-words") == ""


def test_a_model_that_comes_while_a_song_is_heard_hears_it_from_its_start(page: Page, toy: Path) -> None:
    bring(page, toy)
    page.choose(SONG)
    page.find("#own-model-leave").click()
    page.wait_for("document.querySelector('main').dataset.state === 'done'")
    assert page.driver.execute_script("return analyses.at(-1).model.name") != "toy"
    assert page.text("#alert") == ""


def test_a_reload_forgets_it(page: Page, toy: Path) -> None:
    bring(page, toy)
    page.reload()
    assert page.text("#own-model-words") == ""
    assert page.analyse(SONG)["model"]["name"] != "toy"


def test_nothing_of_it_is_sent(page: Page, toy: Path) -> None:
    page.run("performance.clearResourceTimings(); performance.setResourceTimingBufferSize(1000);")
    bring(page, toy)
    page.analyse(SONG)
    asked = page.driver.execute_script("return performance.getEntriesByType('resource').map(({ name }) => name)")
    assert [url for url in asked if "/static/" not in url and not url.startswith("blob:")] == []


@pytest.mark.parametrize("n_genres", [2, 30, 100])
def test_lanes_and_labels_for_few_and_many_genres(page: Page, n_genres: int) -> None:
    colours, labels, width = page.run(
        """
        const { SongView } = await load("ui/song-view.js");
        const { genreColour } = await load("ui/colours.js");
        const genres = Array.from({ length: args[0] }, (_, i) => `genre number ${i}`);
        const row = genres.map((_, i) => (i === 1 ? 0.9 : 0.1 / (genres.length - 1)));
        const verdict = { genre: genres[1], confidence: 0.9, unsure: false,
          probabilities: Object.fromEntries(genres.map((genre, i) => [genre, row[i]])) };
        new SongView().showAnalysis({ title: "many", media: null }, { genres, step_s: 1, duration_s: 5,
          probabilities: Array(5).fill(row), unsure: Array(5).fill(false), verdict, timings_ms: { total: 1 } });
        await new Promise((resolve) => setTimeout(resolve, 100));
        const tops = new Set([...document.querySelectorAll("#labels li")].map((l) => l.getBoundingClientRect().top));
        return [new Set(genres.map((_, i) => genreColour(i, false))).size, tops.size, document.body.scrollWidth];
        """,
        n_genres,
    )
    assert (colours, labels) == (n_genres, n_genres)
    assert width <= 1280


def test_a_hundred_genres_are_heard(page: Page, toy: Path, tmp_path: Path) -> None:
    bring(page, widened(toy, tmp_path / "wide", 100))
    assert page.text("#own-model-words") == "Listening with your model “toy” (100 genres)."
    assert len(page.analyse(SONG)["probabilities"][0]) == 100


# What is wrong with a folder.


def change(folder: Path, path: str, value: Any) -> None:
    contract = contract_of(folder)
    *parents, last = path.split(".")
    part = contract
    for parent in parents:
        part = part[parent]
    part[last] = value
    write_contract(folder, contract)


def lose(pattern: str) -> Callable[[Path], None]:
    return lambda folder: next(folder.rglob(pattern)).unlink()


def cut(pattern: str, to: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        file = next(folder.rglob(pattern))
        file.write_bytes(to(file.read_bytes()))

    return spoil


def many_genres(folder: Path) -> None:
    change(folder, "genres", [f"genre {i}" for i in range(101)])


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lose("contract.json"), "my model: This folder holds no model: it lacks contract.json. Drop the whole"),
        (lose("mel_filters.f32"), "The model lacks export-"),
        (lose("model.json"), "/browser/model.json. Copy the whole folder once more"),
        (lose("*.bin"), "/browser/group1-shard1of1.bin. Copy"),
        (
            cut("*.bin", lambda content: content[:-1]),
            ".bin is not the file that was exported: it was changed or cut off",
        ),
        (
            cut("*.bin", lambda content: content[:-1] + bytes([content[-1] ^ 1])),
            ".bin is not the file that was exported",
        ),
        (cut("contract.json", lambda content: content[:500]), "cannot use this model. (contract.json is not JSON)"),
        (
            lambda f: change(f, "format", 2),
            "made for another version of this page (its format is 2, this page reads 1)",
        ),
        (lambda f: change(f, "rows", None), "cannot use this model. (contract.json: rows.step_s is undefined"),
        (lambda f: change(f, "genres", GENRES[:2]), "it gives 1 × 32 × 3 numbers, the contract says 1 × 32 × 2"),
        (
            lambda f: change(f, "signal_chain.n_mels", 64),
            "it takes 1 × 128 × 128 numbers, the contract says 1 × 128 × 64",
        ),
        (many_genres, "This model has 101 genres; the chart has room for 100."),
    ],
    ids=lambda value: None if callable(value) else str(value)[:40],
)
def test_a_folder_that_does_not_fit(page: Page, copy: Path, spoil: Callable[[Path], None], words: str) -> None:
    spoil(copy)
    told = refused(page, copy)
    assert words in told
    assert told.endswith("The model in use stays.")
    assert page.text("#own-model-words") == ""
    assert page.state == "idle"


def test_a_filter_matrix_of_another_shape_is_noticed(page: Page, copy: Path) -> None:
    change(copy, "signal_chain.n_fft", 4096)
    assert "This model does not run in this browser. (" in refused(page, copy)


def test_a_refused_model_leaves_the_one_in_use_and_the_song(page: Page, toy: Path, copy: Path) -> None:
    bring(page, toy)
    before = page.analyse(SONG)
    change(copy, "format", 9)
    assert "its format is 9" in refused(page, copy)
    assert page.text("#own-model-words") == IN_USE
    assert (page.state, page.text("#title")) == ("done", "metal")
    assert page.analyse(SONG)["probabilities"] == before["probabilities"]
    assert page.text("#own-model-alert") == ""


# Zips.


def test_a_dropped_zip_whose_top_folder_is_missing(page: Page, toy: Path, tmp_path: Path) -> None:
    drop(page, zipped(toy, tmp_path / "flat.zip", prefix=""))
    page.wait_for(f"document.querySelector('#own-model-words').textContent === '{IN_USE}'")


def test_a_zip_with_windows_separators(page: Page, toy: Path, tmp_path: Path) -> None:
    bring(page, zipped(toy, tmp_path / "toy.zip", prefix="my model\\"))


def encrypted(path: Path) -> Path:
    """Marks every file as encrypted, in the directory and before the file."""
    content = bytearray(path.read_bytes())
    for signature, flags_at in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = content.find(signature)
        while at >= 0:
            content[at + flags_at] |= 1
            at = content.find(signature, at + 4)
    path.write_bytes(content)
    return path


def test_a_zip_with_a_password(page: Page, toy: Path, tmp_path: Path) -> None:
    assert "This zip wants a password." in refused(page, encrypted(zipped(toy, tmp_path / "toy.zip")))


def test_a_zip_that_is_cut_off_or_none(page: Page, toy: Path, tmp_path: Path) -> None:
    whole = zipped(toy, tmp_path / "toy.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    assert "cut.zip: This zip is damaged, or not a zip." in refused(page, tmp_path / "cut.zip")
    (tmp_path / "none.zip").write_bytes(b"no zip at all" * 1000)
    page.run("document.querySelector('#own-model-alert').textContent = ''")
    assert "none.zip: This zip is damaged" in refused(page, tmp_path / "none.zip")


def test_a_zip_whose_bytes_were_damaged(page: Page, toy: Path, tmp_path: Path) -> None:
    path = zipped(toy, tmp_path / "toy.zip")
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        weights = next(info for info in archive.infolist() if info.filename.endswith(".bin"))
    content[weights.header_offset + 200] ^= 0xFF
    path.write_bytes(content)
    assert "This zip is damaged" in refused(page, path)


def test_a_zip_of_songs(page: Page, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "album.zip", "w") as archive:
        archive.write(SONG, "album/1.mp3")
    told = refused(page, tmp_path / "album.zip")
    assert "album.zip: This zip holds no model: it lacks contract.json." in told
    assert "songs are dropped unpacked" in told


def test_a_zip_that_was_made_to_harm(page: Page, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(5001):
            archive.writestr(f"{number}", b"")
    assert "There is more in there than a model has." in refused(page, tmp_path / "many.zip")

    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("contract.json", b" " * 50_000_000)
    page.run("document.querySelector('#own-model-alert').textContent = ''")
    assert "There is more in there than a model has." in refused(page, bomb)

    # It says that it unpacks to little, and does not.
    content = bytearray(bomb.read_bytes())
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    bomb.write_bytes(content)
    page.run("document.querySelector('#own-model-alert').textContent = ''")
    assert "This zip is damaged" in refused(page, bomb)


def test_keyboard_alone_chooses_and_leaves(page: Page, toy: Path) -> None:
    page.find("#model-chooser summary").send_keys("\ue007")
    assert page.find("label[for=model-folder]").is_displayed()
    bring(page, toy)
    page.find("#own-model-leave").send_keys("\ue007")
    assert page.text("#own-model-words") == "Listening with the built-in model again."
    assert page.driver.execute_script("return document.activeElement.id") == "file"


@pytest.mark.parametrize("name", sorted(BROWSERS.keys() - {"Chromium"}))
def test_other_browsers_take_a_zip(name: str, server_url: str, toy: Path, toy_rows: np.ndarray, tmp_path: Path) -> None:
    browser = BROWSERS[name]
    if reason := browser.why_not():
        pytest.skip(f"extra test: {reason}")
    with browser.open() as driver:
        page = Page(driver, server_url)
        bring(page, zipped(toy, tmp_path / "toy.zip"))
        np.testing.assert_allclose(page.analyse(SONG)["probabilities"], toy_rows, rtol=0, atol=0.02)
