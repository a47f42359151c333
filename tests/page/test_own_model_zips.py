"""static/own-model/zip.js: models as zips, whole, odd, damaged and made to harm."""

from __future__ import annotations

import zipfile
from pathlib import Path

from tests.page.browser import Page
from tests.page.own_models import IN_USE, bring, drop, refused, zipped
from tests.support import SONGS

SONG = SONGS / "metal.mp3"


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


def test_a_zip_with_a_password(visited_page: Page, toy: Path, tmp_path: Path) -> None:
    assert "This zip wants a password." in refused(visited_page, encrypted(zipped(toy, tmp_path / "toy.zip")))


def test_a_zip_that_is_cut_off_or_none(visited_page: Page, toy: Path, tmp_path: Path) -> None:
    whole = zipped(toy, tmp_path / "toy.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    assert "cut.zip: This zip is damaged, or not a zip." in refused(visited_page, tmp_path / "cut.zip")
    (tmp_path / "none.zip").write_bytes(b"no zip at all" * 1000)
    assert "none.zip: This zip is damaged" in refused(visited_page, tmp_path / "none.zip")


def test_a_zip_whose_bytes_were_damaged(visited_page: Page, toy: Path, tmp_path: Path) -> None:
    path = zipped(toy, tmp_path / "toy.zip")
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        weights = next(info for info in archive.infolist() if info.filename.endswith(".bin"))
    content[weights.header_offset + 200] ^= 0xFF
    path.write_bytes(content)
    assert "This zip is damaged" in refused(visited_page, path)


def test_a_zip_of_songs(visited_page: Page, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "album.zip", "w") as archive:
        archive.write(SONG, "album/1.mp3")
    told = refused(visited_page, tmp_path / "album.zip")
    assert "album.zip: This zip holds no model: it lacks contract.json." in told
    assert "songs are dropped unpacked" in told


def test_a_zip_that_was_made_to_harm(visited_page: Page, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for number in range(5001):
            archive.writestr(f"{number}", b"")
    assert "There is more in there than a model has." in refused(visited_page, tmp_path / "many.zip")

    bomb = tmp_path / "bomb.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("contract.json", b" " * 50_000_000)
    assert "There is more in there than a model has." in refused(visited_page, bomb)

    # It says that it unpacks to little, and does not.
    content = bytearray(bomb.read_bytes())
    at = content.find(b"PK\x01\x02")
    content[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    bomb.write_bytes(content)
    assert "This zip is damaged" in refused(visited_page, bomb)
