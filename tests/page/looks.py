"""How the page is looked at: window, zoom and colours."""

from __future__ import annotations

from typing import Any

from tests.page.browser import Page


def emulate(page: Page, *, width_px: int = 1280, height_px: int = 900, ratio: float = 1, dark: bool = False) -> None:
    metrics = {"width": width_px, "height": height_px, "deviceScaleFactor": ratio, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


# 200 % zoom is a window of half the width, in pixels of twice the size.
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {},
    "dark": {"dark": True},
    "320 px": {"width_px": 320, "height_px": 640},
    "dark, 200 %": {"width_px": 640, "height_px": 450, "ratio": 2, "dark": True},
}
