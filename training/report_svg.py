"""The report's charts, as SVG that style sheets colour: what is said of a chart in words and numbers stands beside it.

All lengths are in the drawing's own units, which are pixels where there is room for it. Names are escaped by Markup.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup
from matplotlib.ticker import MaxNLocator

from model.features import Array
from training.metrics import ConfidenceBin, wilson_interval

EMPTY = Markup()
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 12, 40  # margins around a plot
NAME_HEIGHT = 18  # of a genre's name in the map
SHAPE_PATHS = {
    "circle": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "square": "M-4.5-4.5h9v9h-9z",
    "triangle": "M0-5.8 5.4 4.4H-5.4z",
    "diamond": "M0-6.2 5.2 0 0 6.2-5.2 0z",
    "cross": "M-5.4-2h3.4v-3.4h4v3.4h3.4v4H2v3.4h-4V2h-3.4z",
    "wedge": "M0 5.8 5.4-4.4H-5.4z",
    "star": "M0-6.4 1.8-2.2 6.2-2 2.8 1 4 5.4 0 3-4 5.4-2.8 1-6.2-2-1.8-2.2z",
}  # of training.report_colours.SHAPES, about the same area each


@dataclass(frozen=True)
class Line:
    """A line of a chart: its name, its style class and a value for each x; those that are no number are left out."""

    name: str
    style: str
    values: Sequence[float]


@dataclass(frozen=True)
class Plot:
    """A frame with axes from low to high, in which places are found."""

    width: float
    height: float
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point lies in the drawing."""
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1)
        return (
            LEFT + across * (self.width - LEFT - RIGHT),
            self.height - BOTTOM - up * (self.height - TOP - BOTTOM),
        )

    def axes(self, x_label: str, y_label: str, x_ticks: Sequence[float], y_ticks: Sequence[float]) -> Markup:
        """Grid lines, numbers and what they are of."""
        drawn = [EMPTY]
        for value in y_ticks:
            _, y = self.at(self.x[0], value)
            drawn.append(_line(LEFT, y, self.width - RIGHT, y, "grid"))
            drawn.append(_text(LEFT - 7, y + 4, _number(value), "end"))
        for value in x_ticks:
            x, _ = self.at(value, self.y[0])
            drawn.append(_text(x, self.height - BOTTOM + 17, _number(value), "middle"))
        drawn.append(_line(LEFT, self.height - BOTTOM, self.width - RIGHT, self.height - BOTTOM, "axis"))
        drawn.append(_text((LEFT + self.width - RIGHT) / 2, self.height - 4, x_label, "middle", "label"))
        drawn.append(_upright((TOP + self.height - BOTTOM) / 2, y_label))
        return EMPTY.join(drawn)


def line_chart(words: str, xs: Sequence[float], lines: Sequence[Line], x_label: str, y_label: str, *,
               is_share: bool = False, width: float = 460) -> Markup:  # fmt: skip
    """Lines over xs, a dot at each where there are few. `is_share`: from 0 to 1."""
    known = [value for line in lines for value in line.values if math.isfinite(value)]
    y_ticks = _ticks(0, 1) if is_share else _ticks(min(known, default=0), max(known, default=1))
    plot = Plot(width, 260, (min(xs), max(xs)), (y_ticks[0], y_ticks[-1]))
    x_ticks = [tick for tick in _ticks(min(xs), max(xs), whole=True) if min(xs) <= tick <= max(xs)]
    drawn = [plot.axes(x_label, y_label, x_ticks, y_ticks)]
    for line in lines:
        points = [plot.at(x, y) for x, y in zip(xs, line.values, strict=True) if math.isfinite(y)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        drawn.append(Markup('<polyline class="line {}" points="{}"/>').format(line.style, path))
        drawn += [_dot(x, y, 3, line.style) for x, y in points] if len(points) <= 40 else []
    return _svg(plot.width, plot.height, words, EMPTY.join(drawn))


def reliability_chart(words: str, bins: Sequence[ConfidenceBin], *, has_intervals: bool) -> Markup:
    """Share that is right over what was claimed, dots as large as there are many; with Wilson's intervals."""
    plot, ticks = Plot(360, 340, (0, 1), (0, 1)), _ticks(0, 1)
    drawn = [plot.axes("how sure it was", "how often it was right", ticks, ticks)]
    drawn.append(_line(*plot.at(0, 0), *plot.at(1, 1), "ideal"))
    most = max(each.n for each in bins)
    for each in bins:
        x, y = plot.at(each.confidence, each.accuracy)
        if has_intervals:
            low, high = wilson_interval(each.accuracy, each.n)
            drawn.append(_line(x, plot.at(0, low)[1], x, plot.at(0, high)[1], "whisker"))
        drawn.append(_dot(x, y, 3 + 6 * math.sqrt(each.n / most), "judged"))
    return _svg(plot.width, plot.height, words, EMPTY.join(drawn))


def share_bar(share: float, low: float, high: float) -> Markup:
    """A bar of a share with its interval, beside the numbers that say the same."""
    bar = Markup('<rect class="track" width="120" height="12" y="2" rx="2"/>')
    bar += Markup('<rect class="judged" width="{:.1f}" height="12" y="2" rx="2"/>').format(120 * share)
    bar += _line(120 * low, 8, 120 * high, 8, "whisker") if high > low else EMPTY
    return Markup('<svg class="bar" viewBox="0 0 120 16" aria-hidden="true">{}</svg>').format(bar)


def stacked_bar(counts: Sequence[tuple[str, int]], most: int) -> Markup:
    """Counts side by side, (style class, n) each; `most` fills the whole width."""
    drawn, x = [EMPTY], 0.0
    for style, n in counts:
        width = 240 * n / max(most, 1)
        drawn.append(Markup('<rect class="{}" x="{:.1f}" width="{:.1f}" height="16"/>').format(style, x, width))
        x += width
    return Markup(
        '<svg class="bar wide" viewBox="0 0 240 16" preserveAspectRatio="none" aria-hidden="true">{}</svg>'
    ).format(EMPTY.join(drawn))


def shape_symbols() -> Markup:
    """The genres' shapes, to be used by name anywhere in the page."""
    paths = [Markup('<path id="shape-{}" d="{}"/>').format(name, path) for name, path in SHAPE_PATHS.items()]
    return Markup('<svg class="symbols" aria-hidden="true"><defs>{}</defs></svg>').format(EMPTY.join(paths))


def key_of(genre: int, shape: str) -> Markup:
    """A genre's sign in a legend."""
    use = Markup('<use href="#shape-{}" class="g{}"/>').format(shape, genre)
    return Markup('<svg class="key" viewBox="-8 -8 16 16" aria-hidden="true">{}</svg>').format(use)


@dataclass(frozen=True)
class Dot:
    """A song in the map: its genre's number and shape, and what it was in the training, as a style class."""

    genre: int
    shape: str
    style: str


def map_chart(words: str, places: Array, dots: Sequence[Dot], labels: Sequence[tuple[str, Array]]) -> Markup:
    """Places [songs, 2], 0 to 1, and names of genres with theirs; the last dots are drawn on top."""
    width, height, margin = 900, 640, 24

    def at(place: Array) -> tuple[float, float]:
        x, y = map(float, place)
        return margin + x * (width - 2 * margin), height - margin - y * (height - 2 * margin)

    drawn = [
        Markup(
            '<g class="{}" data-song="{}" transform="translate({:.1f} {:.1f})"><use href="#shape-{}" class="g{}"/></g>'
        ).format(dot.style, number, *at(place), dot.shape, dot.genre)
        for number, (dot, place) in enumerate(zip(dots, places, strict=True))
    ]
    places_of_names = [(name, *at(place)) for name, place in labels]
    drawn += [_text(min(max(x, 60), width - 60), y, name, "middle", "name") for name, x, y in _apart(places_of_names)]
    return _svg(width, height, words, EMPTY.join(drawn))


def _apart(names: Sequence[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """Names in the order of their places from top to bottom, moved down where one would cover another."""
    placed: list[tuple[str, float, float]] = []
    for name, x, y in sorted(names, key=lambda each: each[2]):
        while any(
            abs(y - other_y) < NAME_HEIGHT and abs(x - other_x) < NAME_HEIGHT / 3 * (len(name) + len(other))
            for other, other_x, other_y in placed
        ):
            y += NAME_HEIGHT / 2
        placed.append((name, x, y))
    return placed


def mel_chart(words: str, address: str, ticks: Sequence[tuple[int, float]], from_s: float, duration_s: float) -> Markup:
    """The picture at an address, with Hz at its left and seconds of the song below."""
    plot = Plot(300, 190, (from_s, from_s + duration_s), (0, 1))
    (left, top), (right, bottom) = plot.at(plot.x[0], 1), plot.at(plot.x[1], 0)
    drawn = [
        Markup(
            '<image href="{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" preserveAspectRatio="none"/>'
        ).format(address, left, top, right - left, bottom - top)
    ]
    for hz, height in ticks:
        y = plot.at(0, height)[1]
        drawn += [
            _text(left - 7, y + 4, f"{hz / 1000:g}k" if hz >= 1000 else str(hz), "end"),
            _line(left - 4, y, left, y, "axis"),
        ]
    for second in _ticks(*plot.x, whole=True):
        if plot.x[0] <= second <= plot.x[1]:
            x = plot.at(second, 0)[0]
            drawn += [_text(x, bottom + 17, _number(second), "middle"), _line(x, bottom, x, bottom + 4, "axis")]
    drawn.append(_text((left + right) / 2, plot.height - 4, "seconds of the song", "middle", "label"))
    drawn.append(_upright((top + bottom) / 2, "Hz"))
    return _svg(plot.width, plot.height, words, EMPTY.join(drawn))


def _svg(width: float, height: float, words: str, content: Markup) -> Markup:
    return Markup('<svg role="img" aria-label="{}" viewBox="0 0 {} {}">{}</svg>').format(words, width, height, content)


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    numbers = (round(x1, 1), round(y1, 1), round(x2, 1), round(y2, 1))
    return Markup('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>').format(style, *numbers)


def _text(x: float, y: float, text: str, anchor: str, style: str = "tick") -> Markup:
    return Markup('<text class="{}" x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(style, x, y, anchor, text)


def _upright(y: float, text: str) -> Markup:
    """What an axis at the left is of, from the bottom to the top."""
    return Markup(
        '<text class="label" text-anchor="middle" transform="translate(11 {:.1f}) rotate(-90)">{}</text>'
    ).format(y, text)


def _dot(x: float, y: float, radius: float, style: str) -> Markup:
    return Markup('<circle class="{}" cx="{:.1f}" cy="{:.1f}" r="{:.1f}"/>').format(style, x, y, radius)


def _ticks(low: float, high: float, *, whole: bool = False) -> list[float]:
    found = MaxNLocator(5, integer=whole, steps=[1, 2, 5, 10]).tick_values(low, high)
    return [float(tick) for tick in found]


def _number(value: float) -> str:
    return f"{round(value, 6):g}"
