"""How good a network is on songs it was not chosen on, in the figures that the field reports."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.contract import RowRule, WindowLayout
from model.features import Array
from model.windows import softmax, verdict_probabilities
from training.errors import TrainingError
from training.feature_set import FeatureSet
from training.metrics import (
    bootstrap_interval,
    confusion_matrix,
    expected_calibration_error,
    genre_scores,
    macro_f1,
)
from training.plots import draw_confusion
from training.score import SongLogits, WindowLogits, song_logits


@dataclass(frozen=True)
class Evaluation:
    """The figures of one network on one set; `confusion` has true genres as rows."""

    genres: tuple[str, ...]
    clip_accuracy: float
    clip_accuracy_ci95: tuple[float, float]
    second_accuracy: float
    macro_f1: float
    ece: float
    per_genre: dict[str, dict[str, float]]
    confusion: Array
    n_clips: int

    def to_json(self) -> dict[str, Any]:
        """What `evaluate --json` prints, figures to four places."""
        return {
            "clip_accuracy": round(self.clip_accuracy, 4),
            "clip_accuracy_ci95": [round(bound, 4) for bound in self.clip_accuracy_ci95],
            "second_accuracy": round(self.second_accuracy, 4),
            "macro_f1": round(self.macro_f1, 4),
            "ece": round(self.ece, 4),
            "n_clips": self.n_clips,
            "per_genre": {
                genre: {key: round(value, 4) for key, value in score.items()} for genre, score in self.per_genre.items()
            },
        }


def evaluate(
    songs: FeatureSet, genres: Sequence[str], network: WindowLogits, layout: WindowLayout, rule: RowRule
) -> Evaluation:
    """Run the network over the songs as the page would. Raises TrainingError for a genre it was not taught."""
    unknown = sorted({track.genre for track in songs.tracks} - set(genres))
    if unknown:
        raise TrainingError(f"the network was not taught {', '.join(unknown)}; it knows {', '.join(genres)}")
    return summarise(song_logits(songs, tuple(genres), network, layout, rule), genres, rule)


def summarise(scored: Sequence[SongLogits], genres: Sequence[str], rule: RowRule) -> Evaluation:
    """The figures of songs already scored."""
    genre = np.array([song.genre for song in scored])
    verdicts = np.stack([verdict_probabilities(song.rows, rule) for song in scored])
    rows_right = [float((softmax(song.rows, rule.temperature).argmax(axis=1) == song.genre).mean()) for song in scored]
    correct = verdicts.argmax(axis=1) == genre
    matrix = confusion_matrix(genre, verdicts.argmax(axis=1), len(genres))
    scores = genre_scores(matrix)
    return Evaluation(
        genres=tuple(genres),
        clip_accuracy=float(correct.mean()),
        clip_accuracy_ci95=bootstrap_interval(correct),
        second_accuracy=float(np.mean(rows_right)),
        macro_f1=macro_f1(scores),
        ece=expected_calibration_error(verdicts, genre),
        per_genre={name: asdict(score) for name, score in zip(genres, scores, strict=True)},
        confusion=matrix,
        n_clips=len(scored),
    )


def as_text(result: Evaluation, label: str) -> str:
    """A table for the terminal. `label` says which songs these are."""
    low, high = result.clip_accuracy_ci95
    lines = [
        f"{label}: {result.n_clips} songs",
        f"song accuracy    {result.clip_accuracy:.3f}  (95 % interval {low:.3f} to {high:.3f}, bootstrap over songs)",
        f"second accuracy  {result.second_accuracy:.3f}",
        f"macro F1         {result.macro_f1:.3f}",
        f"calibration ECE  {result.ece:.3f}",
        "",
        f"{'genre':<16}{'precision':>10}{'recall':>8}{'F1':>7}{'songs':>7}",
    ]
    for genre, score in result.per_genre.items():
        lines.append(
            f"{genre:<16}{score['precision']:>10.2f}{score['recall']:>8.2f}{score['f1']:>7.2f}{score['n']:>7.0f}"
        )
    return "\n".join(lines)


def write_evaluation(result: Evaluation, folder: Path, label: str) -> None:
    """evaluation.json, confusion.csv and confusion.png."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {"songs": label, **result.to_json()}
    (folder / "evaluation.json").write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")
    with (folder / "confusion.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["genre \\ verdict", *result.genres])
        writer.writerows([genre, *row] for genre, row in zip(result.genres, result.confusion.tolist(), strict=True))
    draw_confusion(result.confusion, result.genres, folder / "confusion.png")
