"""One colour and one shape a genre, as the page has the colours: see static/ui/colours.js, which says where from."""

from __future__ import annotations

from collections.abc import Sequence

# Genre, on light paper, on dark paper: those of static/ui/colours.js, to which a test holds them.
COLOURS = (
    ("blues", "#0166a9", "#4b9ed7"),
    ("classical", "#c5649a", "#c886ab"),
    ("country", "#905800", "#ebb827"),
    ("disco", "#3195cc", "#96d5fa"),
    ("hiphop", "#e06403", "#ee8c44"),
    ("jazz", "#11764f", "#4bc998"),
    ("metal", "#50606e", "#bfcad5"),
    ("pop", "#8c7f3a", "#faf54f"),
    ("reggae", "#61a01f", "#bbe16f"),
    ("rock", "#791547", "#bd587f"),
)
GOLDEN_ANGLE_DEG = 137.508
SHAPES = ("circle", "square", "triangle", "diamond", "cross", "wedge", "star")  # a number prime to the colours'


def genre_colours(genres: Sequence[str]) -> list[tuple[str, str]]:
    """(on light, on dark) of each: a known genre has its own colour, others those that are left."""
    known = [name for name, _, _ in COLOURS]
    free = (place for place in range(len(COLOURS) + len(genres)) if place >= len(known) or known[place] not in genres)
    return [_colours(known.index(genre) if genre in known else next(free)) for genre in genres]


def genre_shapes(genres: Sequence[str]) -> list[str]:
    """Which of SHAPES each is drawn as: colours alone are not told apart by everybody."""
    return [SHAPES[number % len(SHAPES)] for number in range(len(genres))]


def _colours(place: int) -> tuple[str, str]:
    if place < len(COLOURS):
        return COLOURS[place][1:]
    hue = place * GOLDEN_ANGLE_DEG % 360
    light, dark = (f"hsl({hue:.1f} 55% {lightness + 8 * (place % 2)}%)" for lightness in (40, 65))
    return light, dark
