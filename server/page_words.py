"""The page's words that stand there before any script runs, or without one: title, description, language.

They are in the one table of words, static/messages.js.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

TABLE = "messages.js"  # in static/
NAMES = ("page_language", "page_title", "page_app_name", "page_description", "page_tagline", "page_no_script")


class PageWordsError(Exception):
    """Which word of the table cannot be read, in one sentence."""


def page_words(static: Path) -> dict[str, str]:
    """The table's texts of the page itself, by name. Raises PageWordsError, and OSError."""
    table = (static / TABLE).read_text(encoding="utf-8")
    return {name: _text(table, name) for name in NAMES}


def _text(table: str, name: str) -> str:
    entry = re.search(rf'^ *{name}:\s*(".*"),$', table, re.MULTILINE)
    try:
        return str(json.loads(entry[1] if entry else ""))
    except ValueError:
        raise PageWordsError(
            f"static/{TABLE}: {name} must be there as one text in double quotes, with a comma after it and nothing else"
        ) from None
