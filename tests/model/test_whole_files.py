"""model/whole_files.py: who may read a file is what was said of it, or what the user says of all new ones."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from model.whole_files import stand_in, stand_in_folder


@pytest.fixture(params=[0o022, 0o077], ids=["for all", "private"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_a_new_file_has_the_users_mode_and_one_that_was_there_keeps_its_own(umask: int, tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    for chosen in (0o666 & ~umask, 0o640):
        with stand_in(path) as fresh:
            fresh.write_text("new")
        assert stat.S_IMODE(path.stat().st_mode) == chosen
        path.chmod(0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_is_there_whole_and_readable_or_as_it_was(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    for text in ("first", "second"):
        with stand_in_folder(folder) as fresh:
            (fresh / text).touch()
    (tmp_path / "link").symlink_to(folder)
    with pytest.raises(FileNotFoundError, match="third"), stand_in_folder(tmp_path / "link") as fresh:
        (fresh / "no such folder" / "third").touch()
    assert [path.name for path in folder.iterdir()] == ["second"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755
    assert sorted(tmp_path.iterdir()) == [tmp_path / "link", folder]
