"""Figures, tables and links as the card's Markdown has them."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

import numpy as np

MINUS, NO_BREAK = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


def figure(value: float | None) -> str:
    """0.695; a dash where there is nothing to take a share of."""
    return "–" if value is None else f"{value:.3f}"


def percent(share: float | None) -> str:
    """A share in per cent: 61 %, with one decimal below ten, where it matters. No line ends before the sign."""
    if share is None:
        return "–"
    digits = 1 if 0 < share < 0.0995 else 0
    return f"{share:.{digits}%}".replace("%", f"{NO_BREAK}%")


def interval(bounds: Sequence[float]) -> str:
    """0.629 to 0.756."""
    return f"{bounds[0]:.3f} to {bounds[1]:.3f}"


def over_seeds(values: Sequence[float]) -> str:
    """The mean, and where there are several seeds the lowest and the highest: 0.700 (0.690–0.710)."""
    mean = figure(float(np.mean(values)))
    return mean if len(values) == 1 else f"{mean} ({figure(min(values))}–{figure(max(values))})"


def points(difference: float) -> str:
    """A difference of two shares in percentage points, with its sign: +1.2."""
    return f"{difference * 100:+.1f}".replace("-", MINUS)


def count(n: int, one: str, several: str = "") -> str:
    """1 song, 2 songs."""
    return f"{n} {one if n == 1 else several or one + 's'}"


def size(n_bytes: int) -> str:
    """1.27 MB, or 91 kB."""
    return f"{n_bytes / 1e6:.2f} MB" if n_bytes >= 1e6 else f"{n_bytes / 1e3:.0f} kB"


def words(items: Sequence[str]) -> str:
    """a, b and c."""
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, its first column to the left and the others to the right."""
    lines = [header, ["---", *["--:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(text: str) -> str:
    """A name as it is: one of a genre, song or run may hold what Markdown takes for markup."""
    return re.sub(r"([\\`*_\[\]<>|])", r"\\\1", " ".join(text.split()))


def paragraphs(*parts: str) -> str:
    """The parts that are not empty, a blank line between them."""
    return "\n\n".join(part for part in parts if part)


WIDTH = 116


def wrapped(markdown: str) -> str:
    """Prose and lists in lines that can be read and compared; tables, code, headings and pictures as they are."""
    return "\n\n".join(_wrapped_block(block) for block in markdown.split("\n\n"))


def _wrapped_block(block: str) -> str:
    if block.startswith(("|", "```", "#", "![")):
        return block
    items = re.split(r"\n(?=- )", block)
    return "\n".join(_filled(item, "  " if item.startswith("- ") else "") for item in items)


def _filled(text: str, indent: str) -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
