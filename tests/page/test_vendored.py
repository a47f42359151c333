"""static/: third-party code comes through one door each, with its licence, and nothing comes from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import REPOSITORY

STATIC = REPOSITORY / "static"
VENDOR = STATIC / "vendor"
OURS = [path for path in STATIC.rglob("*.js") if VENDOR not in path.parents]
FOLDERS = [folder for folder in VENDOR.iterdir() if folder.is_dir()]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_library_has_one_door_a_version_and_a_licence(folder: Path) -> None:
    doors = [path for path in OURS if f"vendor/{folder.name}/" in path.read_text(encoding="utf-8")]
    assert len(doors) == 1, [str(door) for door in doors]
    assert re.search(r"-\d+\.\d+\.\d+$", folder.name)
    assert (folder / "LICENSE").stat().st_size > 500
    assert folder.name.rsplit("-", 1)[0] in (REPOSITORY / "NOTICE").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(STATIC)))
def test_our_modules_import_by_relative_path_and_stay_readable(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for imported in re.findall(r'^import (?:[^"]* from )?"([^"]+)"', text, re.MULTILINE):
        assert imported.startswith(("./", "../"))
        assert (path.parent / imported).is_file(), f"{path} imports {imported}"
    lines = text.splitlines()
    # All words of the page are one table, so that a translation is one file.
    assert len(lines) < (800 if path.name == "messages.js" else 300)
    assert max(map(len, lines)) <= 120


def test_the_page_has_nothing_inline_and_nothing_foreign() -> None:
    html = (REPOSITORY / "server" / "templates" / "index.html").read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|https?://", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    assert not re.search(r"https?://(?!www\.w3\.org)", "".join(path.read_text(encoding="utf-8") for path in OURS))
