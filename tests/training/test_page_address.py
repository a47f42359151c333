"""training/page_address.py: what a browser makes of an address is the file."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

import pytest

from training.page_address import page_address

NAMES = (b"50% #1?.mp3", b"javascript:alert(1)", b"a&b'\"<c>.mp3", b"caf\xe9.mp3", "\u00e9\u2603.mp3".encode())


def as_a_browser_finds_it(page: Path, address: str) -> Path:
    """Names alone decide where .. leads, and what lies there may be a link."""
    return Path(os.fsdecode(unquote_to_bytes(urlsplit(urljoin(page.as_uri(), address)).path)))


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_found(name: bytes, tmp_path: Path) -> None:
    file, page = tmp_path / "my: music" / os.fsdecode(name), tmp_path / "runs/filters/index.html"
    assert as_a_browser_finds_it(page, page_address(file, page)) == file


def test_songs_are_found_from_a_folder_that_is_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk/deep/runs").mkdir(parents=True)
    (tmp_path / "runs").symlink_to(tmp_path / "disk/deep/runs")
    (tmp_path / "a.mp3").touch()
    page = tmp_path / "runs/index.html"
    assert as_a_browser_finds_it(page, page_address(tmp_path / "a.mp3", page)).exists()
