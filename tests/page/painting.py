"""Pictures of a song painted by the page's own functions onto a canvas of their own."""

from __future__ import annotations

import numpy as np

from tests.page.browser import Page

HEIGHT = 80

# Two genres, red and blue, and green for neither: what is painted tells itself apart.
PAINT = """
const [name, width, height, rows, unsure, ends, thresholds] = args;
const { hatchingPattern } = await load("ui/columns.js");
const { PICTURES } = await load("ui/pictures.js");
const canvas = Object.assign(document.createElement("canvas"), { width, height });
const context = canvas.getContext("2d", { willReadFrequently: true });
const neutral = "#0f0";
const hatching = hatchingPattern(neutral, 8, 1);
const style = { colours: ["#f00", "#00f"], gap: 4, hairline: 1, neutral, hatching, thresholds };
let from = 0;
for (const end of ends) {
  PICTURES[name](context, { rows: rows.slice(0, end), unsure: unsure.slice(0, end) }, from, rows.length, style);
  from = end;
}
return pack(context.getImageData(0, 0, width, height).data);
"""


def paint(
    page: Page,
    name: str,
    rows: list[list[float]],
    width: int,
    unsure: list[bool] | None = None,
    ends: list[int] | None = None,
    thresholds: list[float] | None = None,
) -> np.ndarray:
    """Rows painted up to each of `ends` in turn: RGBA [HEIGHT, width, 4]."""
    unsure, ends = unsure or [False] * len(rows), ends or [len(rows)]
    pixels = page.run(PAINT, name, width, HEIGHT, rows, unsure, ends, thresholds)
    return np.asarray(pixels).reshape(HEIGHT, width, 4)
