"""Where a page that is opened as a file finds another file."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote


def page_address(file: Path, page: Path) -> str:
    """Relative to the page, for a browser that has it under this path: links stay as they are named in both.

    Names may hold any bytes.
    """
    return quote(os.fsencode(os.path.relpath(file, page.parent)).replace(os.fsencode(os.sep), b"/"))
