"""The web manifest, and songs that the system opens with the installed page."""

from __future__ import annotations

import struct
from typing import Any

import httpx
import pytest

from tests.page.browser import Page
from tests.support import REPOSITORY

STATIC = REPOSITORY / "static"


@pytest.fixture(scope="module")
def manifest(server_url: str) -> dict[str, Any]:
    return dict(httpx.get(f"{server_url}/static/manifest.webmanifest").json())


def test_icons_are_as_large_as_the_manifest_says(manifest: dict[str, Any]) -> None:
    assert len(manifest["icons"]) == 5
    for icon in manifest["icons"][1:]:
        width, height = struct.unpack(">II", (STATIC / icon["src"]).read_bytes()[16:24])
        assert f"{width}x{height}" == icon["sizes"]


def test_no_share_target(manifest: dict[str, Any]) -> None:
    """It would be a POST to the server wherever the service worker is not (any more): songs do not leave the device."""
    assert "share_target" not in manifest


def test_chromium_finds_it_installable(page: Page) -> None:
    found = page.driver.execute_cdp_cmd("Page.getAppManifest", {})
    assert found["url"].endswith("/static/manifest.webmanifest")
    assert found["errors"] == []
    assert page.driver.execute_cdp_cmd("Page.getInstallabilityErrors", {})["installabilityErrors"] == []


def test_songs_that_the_system_opens_are_all_taken(page: Page) -> None:
    page.run(
        """
        const { acceptLaunches } = await load("offline/launch.js");
        const song = await (await fetch("static/sample/medley.mp3")).blob();
        const files = ["opened.mp3", "as well.mp3"].map((name) => ({ getFile: async () => new File([song], name) }));
        Object.defineProperty(window, "launchQueue", { value: { setConsumer: (consume) => consume({ files }) } });
        acceptLaunches((found) => shown.push(...found.map(({ file, path }) => [file.name, file.size > 0, path])));
        """
    )
    page.wait_for("shown.length > 0")
    opened = page.driver.execute_script("return shown")
    assert opened == [["opened.mp3", True, "opened.mp3"], ["as well.mp3", True, "as well.mp3"]]
