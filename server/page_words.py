"""The page's words that stand there before any script runs, or without one: title, description, language.

They are in the one table of words, static/messages.js, whose entries of this kind are named page_….
"""

from __future__ import annotations

import json
import re
from pathlib import Path

TABLE = "messages.js"  # in static/
_ENTRY = re.compile(r'^  (page_\w+):\s+("(?:[^"\\\n]|\\.)*"),$', re.MULTILINE)


def page_words(static: Path) -> dict[str, str]:
    """The table's texts of the page itself, by name. Raises OSError."""
    table = (static / TABLE).read_text(encoding="utf-8")
    return {name: json.loads(text) for name, text in _ENTRY.findall(table)}
