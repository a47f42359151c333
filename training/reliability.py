"""Whether 70 % means right seven times in ten: confidences of verdicts and of seconds against what was right."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.contract import RowRule
from model.windows import softmax, verdict_probabilities
from training.metrics import ConfidenceBin, calibration_error, calibration_error_by_chance, confidence_bins
from training.score import SongLogits


@dataclass(frozen=True)
class Reliability:
    """Bins of confidence, lowest first, of songs' verdicts and of their seconds."""

    verdicts: list[ConfidenceBin]
    seconds: list[ConfidenceBin]

    @property
    def ece(self) -> float:
        """The calibration error of the verdicts."""
        return calibration_error(self.verdicts)

    @property
    def second_ece(self) -> float:
        """The calibration error of the seconds, every second counting the same."""
        return calibration_error(self.seconds)

    def to_json(self) -> dict[str, Any]:
        """Errors and bins, unrounded; what chance alone would make of the verdicts' error."""
        by_chance = calibration_error_by_chance(self.verdicts)
        return {"ece": self.ece, "ece_by_chance": by_chance, "second_ece": self.second_ece, **asdict(self)}


def reliability(scored: Sequence[SongLogits], rules: Sequence[RowRule]) -> Reliability:
    """The songs' confidences, each song heard by its own rule."""
    pairs = list(zip(scored, rules, strict=True))
    verdicts = np.stack([verdict_probabilities(song.rows, rule) for song, rule in pairs])
    seconds = np.concatenate([softmax(song.rows, rule.temperature) for song, rule in pairs])
    genre_of_second = np.concatenate([np.full(len(song.rows), song.genre) for song in scored])
    return Reliability(
        confidence_bins(verdicts, np.array([song.genre for song in scored])),
        confidence_bins(seconds, genre_of_second),
    )


def write_reliability(found: Reliability, path: Path) -> None:
    """The bins as a table (CSV): of what, mean confidence, share that was right, how many."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["of", "confidence", "accuracy", "n"])
        for kind, bins in (("verdicts", found.verdicts), ("seconds", found.seconds)):
            writer.writerows([kind, each.confidence, each.accuracy, each.n] for each in bins)
