"""static/library/files.js and static/ui/drop-zone.js: what is dropped or chosen, folders included."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.page.browser import Page
from tests.page.song_list import rows, wait_for_states
from tests.support import SONGS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Songs as people have them, with what systems and shops put beside them."""
    for path in ("disc 1/10 metal.mp3", "disc 1/2 jazz.mp3", "disc 2/1 disco.mp3"):
        (tmp_path / "my music" / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SONGS / path.split()[-1], tmp_path / "my music" / path)
    for name in (".hidden.mp3", "Thumbs.db", "disc 1/cover.jpg", "disc 2/list.m3u"):
        (tmp_path / "my music" / name).write_bytes(b"x")
    return tmp_path / "my music"


def drop(page: Page, *paths: Path) -> None:
    """As from the system's own file manager."""
    for kind in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
        page.driver.execute_cdp_cmd("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})


def test_a_dropped_folder_is_looked_through(page: Page, folder: Path) -> None:
    drop(page, folder)
    wait_for_states(page, "done", "done", "done")
    assert [row["title"] for row in rows(page)] == ["2 jazz", "10 metal", "1 disco"]
    assert page.text("#title") == "2 jazz"
    assert page.text("#library-skipped") == "4 other files were passed over, being no audio."


def test_files_beside_a_folder(page: Page, folder: Path) -> None:
    drop(page, SONGS / "pop.mp3", folder / "disc 2", SONGS / "rock.mp3")
    wait_for_states(page, "done", "done", "done")
    assert [row["title"] for row in rows(page)] == ["pop", "rock", "1 disco"]


def test_a_folder_without_songs(page: Page, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    page.analyse(SONGS / "metal.mp3")
    drop(page, tmp_path / "empty")
    page.wait_for("document.querySelector('main').dataset.state === 'error'")
    assert page.text("#alert") == "There are no files in this folder. Choose one with songs in it."
    assert (page.text("#title"), page.text("#status")) == ("metal", "")


def test_one_file_that_is_dropped_is_known_by_its_content(page: Page, tmp_path: Path) -> None:
    drop(page, Path(shutil.copy(SONGS / "metal.mp3", tmp_path / "holiday.jpg")))
    page.wait_for("analyses.length === 1")
    assert not page.find("#library").is_displayed()


def test_the_folder_button_asks_for_a_folder_and_the_other_for_files(page: Page, folder: Path) -> None:
    page.driver.execute_script(
        "window.asked = [];"
        "document.querySelector('#file').addEventListener('click', (event) => {"
        "  event.preventDefault(); asked.push(event.target.webkitdirectory); });"
    )
    page.find("#folder").click()
    page.find("label.button").click()
    assert page.driver.execute_script("return asked") == [True, False]
    page.driver.execute_script("document.querySelector('#file').webkitdirectory = true")
    page.choose(folder)
    wait_for_states(page, "done", "done", "done")
    assert [row["title"] for row in rows(page)] == ["2 jazz", "10 metal", "1 disco"]


@pytest.mark.parametrize(
    ("path", "kind", "is_song"),
    [
        ("a.MP3", "", True),
        ("a.wma", "", True),  # which no browser decodes: its row will say so
        ("no ending", "audio/mpeg", True),
        ("a.mp4", "video/mp4", True),
        ("album/a.flac", "audio/flac", True),
        ("a.m3u", "audio/x-mpegurl", False),
        ("a.pls", "audio/x-scpls", False),
        ("cover.jpg", "image/jpeg", False),
        ("._a.mp3", "audio/mpeg", False),
        (".trash/a.mp3", "audio/mpeg", False),
        ("__MACOSX/a.mp3", "audio/mpeg", False),
        ("notes", "", False),
        ("x.mp3.part", "", False),
    ],
)
def test_songs_among_files(module_page: Page, path: str, kind: str, is_song: bool) -> None:
    script = """
    const { songsAmong } = await load("library/files.js");
    const [path, type] = args;
    const file = new File(["x"], path.split("/").at(-1), { type });
    const other = { file: new File(["x"], "other.mp3"), path: "other.mp3" };
    return songsAmong([{ file, path }, other]).length === 2;
    """
    assert module_page.run(script, path, kind) is is_song
