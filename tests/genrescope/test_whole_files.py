"""genrescope/whole_files.py: a file is the new one, whole, or the old one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from genrescope.errors import CommandError
from genrescope.whole_files import write_whole


def test_a_failure_in_the_middle_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")

    def lines() -> Iterator[str]:
        yield "half"
        raise KeyError("no more")

    with pytest.raises(KeyError):
        write_whole(path, lines())
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_mode_and_link_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.csv", tmp_path / "link.csv"
    real.touch(0o600)
    link.symlink_to(real)
    write_whole(link, ["a\r\n", "b\n"])
    assert real.read_bytes() == b"a\r\nb\n"
    assert link.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o600
    (tmp_path / "usual").touch()
    write_whole(tmp_path / "new", ["x"])
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_where_nothing_can_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match=r"file/a\.csv cannot be written: (Not a directory|File exists)"):
        write_whole(tmp_path / "file" / "a.csv", ["x"])
