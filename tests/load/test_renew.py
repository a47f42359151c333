"""tests/load/renew.py: only what a command wrote before is replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.load.renew import PAGE, renew

COMMANDS = ("python -m tests.load", "python -m tests.load --batches", "python -m tests.load.soak")


def test_only_the_commands_own_part_changes(tmp_path: Path) -> None:
    page = tmp_path / "load.md"
    page.write_text(PAGE.read_text(encoding="utf-8"), encoding="utf-8")
    for command in COMMANDS:
        renew(command, f"old by {command}", page)
    renew(COMMANDS[0], "new", page)
    text = page.read_text(encoding="utf-8")
    assert f"<!-- written by `{COMMANDS[0]}` -->\n\nnew\n\n<!-- end of" in text
    assert [f"old by {command}\n" in text for command in COMMANDS] == [False, True, True]
    assert text.startswith("# ")


def test_a_page_without_a_place_is_named(tmp_path: Path) -> None:
    page = tmp_path / "load.md"
    page.write_text("# Load\n")
    with pytest.raises(ValueError, match=r"load\.md must have"):
        renew(COMMANDS[0], "new", page)
    assert page.read_text() == "# Load\n"
