"""`.venv/bin/python tools/icons.py` draws the installed page's icons, static/icons/*.png, from static/icon.svg.

Chromium draws them, as it draws the page's own. Maskable ones may be cut to a circle of 80 % of their width: they are
filled to the edge, and the bars keep inside of that circle.
"""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

STATIC = Path(__file__).resolve().parent.parent / "static"
SIZES_PX = (192, 512)
GROUND = "#1c1b19"  # the icon's own
# The bars' outermost corner is 13.6 of the drawing's 32 units away from its middle: 0.38 of the width at this scale.
MASKABLE_SCALE = 0.9


def page(svg: str, size_px: int, scale: float, ground: str) -> str:
    """An HTML page with nothing but the drawing in the middle of a square."""
    side_px = size_px * scale
    style = f"margin:0;width:{size_px}px;height:{size_px}px;display:grid;place-items:center;background:{ground}"
    sized = svg.replace("<svg ", f'<svg width="{side_px}" height="{side_px}" style="display:block" ', 1)
    return f'<!doctype html><body style="{style}">{sized}</body>'


def picture(driver: webdriver.Chrome, html: str, size_px: int) -> bytes:
    """The square as PNG; where nothing is drawn it is transparent."""
    driver.get(f"data:text/html;base64,{base64.b64encode(html.encode()).decode()}")
    clear = {"color": {"r": 0, "g": 0, "b": 0, "a": 0}}
    driver.execute_cdp_cmd("Emulation.setDefaultBackgroundColorOverride", clear)
    clip = {"x": 0, "y": 0, "width": size_px, "height": size_px, "scale": 1}
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"clip": clip, "captureBeyondViewport": True})
    return base64.b64decode(shot["data"])


def main() -> None:
    """Draws all icons."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for switch in ("--headless=new", "--no-sandbox", "--force-device-scale-factor=1"):
        options.add_argument(switch)
    svg = (STATIC / "icon.svg").read_text(encoding="utf-8")
    (STATIC / "icons").mkdir(exist_ok=True)
    with webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver"))) as driver:
        for size_px in SIZES_PX:
            for name, scale, ground in (("icon", 1.0, "none"), ("maskable", MASKABLE_SCALE, GROUND)):
                png = picture(driver, page(svg, size_px, scale, ground), size_px)
                (STATIC / "icons" / f"{name}-{size_px}.png").write_bytes(png)


if __name__ == "__main__":
    main()
