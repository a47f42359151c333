"""docs/load.md, renewed by the commands that measure: each writes between its own two marks."""

from __future__ import annotations

from pathlib import Path

from tests.support import REPOSITORY

PAGE = REPOSITORY / "docs" / "load.md"


def renew(command: str, text: str, page: Path = PAGE) -> None:
    """Puts the text in place of what the command wrote before. Raises ValueError where the page has no place for it."""
    begin, end = f"<!-- written by `{command}` -->\n", f"<!-- end of `{command}` -->\n"
    old = page.read_text(encoding="utf-8")
    if old.count(begin) != 1 or old.count(end) != 1:
        raise ValueError(f"{page} must have {begin.strip()} and {end.strip()} once each")
    before, _, rest = old.partition(begin)
    _, _, after = rest.partition(end)
    page.write_text(f"{before}{begin}\n{text}\n\n{end}{after}", encoding="utf-8")
