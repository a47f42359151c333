"""The part of the report's style sheet that depends on the genres: their colours, and shades of a matrix's cells."""

from __future__ import annotations

from collections.abc import Sequence

from training.report_colours import genre_colours

N_SHADES = 10
HEAT = {"light": ((255, 255, 255), (31, 78, 140)), "dark": (((27, 29, 32)), (156, 196, 255))}  # none, all of the songs


def report_style(genres: Sequence[str]) -> str:
    """Rules for light paper, then for dark."""
    colours = genre_colours(genres)
    light = _rules([on_light for on_light, _ in colours], "light")
    dark = _rules([on_dark for _, on_dark in colours], "dark")
    return f"{light}@media (prefers-color-scheme: dark) {{\n{dark}}}\n"


def _rules(colours: Sequence[str], paper: str) -> str:
    genres = [f".g{number} {{ fill: {colour}; stroke: {colour}; }}\n" for number, colour in enumerate(colours)]
    return "".join([*genres, *(_shade(level, paper) for level in range(1, N_SHADES + 1))])


def shade_of(share: float) -> int:
    """Which shade says a share of a row: 0 for none, else 1 to N_SHADES."""
    return min(N_SHADES, int(share * N_SHADES) + 1) if share > 0 else 0


def _shade(level: int, paper: str) -> str:
    none, all_of_it = HEAT[paper]
    mixed = [round(a + (b - a) * level / N_SHADES) for a, b in zip(none, all_of_it, strict=True)]
    ink = "#000" if _luminance(mixed) > 0.179 else "#fff"  # where black and white stand out alike
    return f".h{level} {{ background: #{bytes(mixed).hex()}; color: {ink}; }}\n"


def _luminance(rgb: Sequence[int]) -> float:
    """Relative, as WCAG 2.2 has it."""
    linear = [c / 3294.6 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
