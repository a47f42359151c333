"""A visitor brings a model to the page: as the tests do it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from tests.page.browser import Page

GENRES = ["drone", "hum", "whistle"]
IN_USE = "Listening with your model “toy” (3 genres)."


def zipped(folder: Path, path: Path, prefix: str = "my model/", **options: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, prefix + file.relative_to(folder).as_posix())
    return path


def drop(page: Page, path: Path, x: float = 400, y: float = 300) -> None:
    """Drops a file or a folder from the disk on the page, as a hand does. Chromium only."""
    carried = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        event = {"type": kind, "x": x, "y": y, "data": carried}
        page.driver.execute_cdp_cmd("Input.dispatchDragEvent", event)  # type: ignore[attr-defined]


def bring(page: Page, model: Path) -> None:
    """Chooses a model's folder or zip, and waits until it is in use."""
    page.run("document.querySelector('#own-model-words').textContent = ''")  # of the one before
    page.find("#model-zip" if model.is_file() else "#model-folder").send_keys(str(model))
    page.wait_for("document.querySelector('#own-model-words').textContent.startsWith('Listening with your model')")


def refused(page: Page, model: Path) -> str:
    """What the page says to a model that it does not take."""
    page.run("document.querySelector('#own-model-alert').textContent = ''")  # of the one before
    page.find("#model-zip" if model.is_file() else "#model-folder").send_keys(str(model))
    page.wait_for("document.querySelector('#own-model-alert').textContent")
    return page.text("#own-model-alert")
