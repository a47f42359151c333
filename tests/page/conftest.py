"""Files that several tests of the page choose."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.page.browser import Page
from tests.page.looks import emulate
from tests.support import REPOSITORY

MEDLEY = REPOSITORY / "static" / "sample" / "medley.mp3"


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder as a visitor has one, of three genres. To be copied by whoever changes it."""
    from tests.page.models import export_toy  # here: TensorFlow takes seconds to import
    from tests.page.own_models import GENRES

    return export_toy(tmp_path_factory.mktemp("own") / "my model", *GENRES)


@pytest.fixture(scope="session")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The medley's beginning in formats that Chromium cannot decode and ffmpeg can."""
    folder = tmp_path_factory.mktemp("fallback")
    for name, *options in (
        ("song.wma", "-c:a", "wmav2"),
        ("song.ac3", "-c:a", "ac3"),
        ("song.tta", "-c:a", "tta"),
        ("song.wv", "-c:a", "wavpack"),
        ("ima.aifc", "-c:a", "adpcm_ima_qt", "-f", "aiff"),
        ("song.caf", "-c:a", "pcm_s16le", "-t", "30"),
    ):
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", MEDLEY, "-t", "12", *options, folder / name]
        subprocess.run(command, check=True, timeout=60)
    return folder


@pytest.fixture
def looked_at(page: Page) -> Iterator[Callable[..., None]]:
    """Looks at the page otherwise, for one test: see `emulate`."""
    yield lambda **look: emulate(page, **look)
    page.run("localStorage.removeItem('genrescope:picture'); localStorage.removeItem('genrescope:panel')")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
