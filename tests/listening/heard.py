"""What the page says of a song: its rows, its verdict, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Heard:
    """One song's `genrescope:analysis`.

    tops: index of the most probable genre of each row, int [rows]. unsure: the rows that name none, bool [rows].
    """

    model: Mapping[str, str]
    genres: tuple[str, ...]
    step_s: float
    duration_s: float
    tops: npt.NDArray[np.intp]
    unsure: npt.NDArray[np.bool_]
    verdict: str
    confidence: float
    is_unsure: bool

    @classmethod
    def from_event(cls, detail: Mapping[str, Any]) -> Self:
        """The event's detail, as the browser's driver hands it over."""
        return cls(
            model=detail["model"],
            genres=tuple(detail["genres"]),
            step_s=float(detail["step_s"]),
            duration_s=float(detail["duration_s"]),
            tops=np.argmax(detail["probabilities"], axis=1),
            unsure=np.array(detail["unsure"], bool),
            verdict=str(detail["verdict"]["genre"]),
            confidence=float(detail["verdict"]["confidence"]),
            is_unsure=bool(detail["verdict"]["unsure"]),
        )
