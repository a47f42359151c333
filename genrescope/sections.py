"""A song's sections, "jazz up to 0:41, then rock", as the page tells them: static/sections.js says why so.

Each second is worth the share that its section's genre has in it, and each change of genre has a price; the sections
are those of the highest worth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from genrescope.best_states import best_states, runs_of

CHANGE_PRICE_S = 3.0  # seconds of full certainty
UNSURE_WORTH = 0.7


@dataclass(frozen=True)
class Section:
    """genres: one, or, where several can be heard at once, all that make it, likeliest first; none where the network is
    unsure. elements: others that are heard in it, told where several can be.
    """

    start_s: float
    genres: tuple[str, ...]
    elements: tuple[str, ...] = ()

    @property
    def genre(self) -> str | None:
        """The likeliest; None where the network is unsure."""
        return self.genres[0] if self.genres else None


def sections_of(whole: Mapping[str, Any]) -> list[Section]:
    """Of a result object of a model that hears one genre at a time: from the song's start to its end."""
    genres, step_s = whole["genres"], whole["step_s"]
    unsure_worth = UNSURE_WORTH * np.array(whole["unsure"], float)
    worth = np.column_stack([np.array(whole["probabilities"], float), unsure_worth])
    runs = runs_of(best_states(worth, CHANGE_PRICE_S / step_s))
    return [Section(first * step_s, tuple(genres[state : state + 1])) for state, first, _ in runs]
