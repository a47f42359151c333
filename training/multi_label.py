"""How good a network is that says of each genre whether it is heard, on songs it was not chosen on."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from model.contract import RowRule, WindowLayout
from model.features import Array
from model.windows import is_heard, row_probabilities
from training.errors import TrainingError
from training.evidence import write_evidence
from training.feature_set import FeatureSet
from training.metrics import calibration_error
from training.multi_label_metrics import (
    average_precisions,
    drawn_genres,
    drawn_in_one_list,
    f1_scores,
    interval,
    mean_of_known,
    probability_bins,
    roc_aucs,
    scorable,
    weighted_average_precision,
    weighted_roc_auc,
)
from training.score import SongLogits, WindowLogits, song_logits, targets_of_scored, verdicts_of

Interval = tuple[float, float]


@dataclass(frozen=True)
class MultiLabelEvaluation:
    """The figures of one network on one set. All arrays are [songs, genres]; `heard` is by the verdict's thresholds.

    `row_f1`: of each genre at the rows' thresholds, every song counting the same, [genres].
    """

    genres: tuple[str, ...]
    targets: Array
    probabilities: Array
    heard: Array
    row_f1: Array

    @property
    def n_clips(self) -> int:
        """Songs scored."""
        return len(self.targets)

    @property
    def unscored(self) -> list[str]:
        """Genres that no song has, or all have: nothing is known of them."""
        return [genre for genre, known in zip(self.genres, scorable(self.targets), strict=True) if not known]

    @cached_property
    def figures(self) -> dict[str, tuple[float, Interval]]:
        """Those of all genres together, each with its 95 % interval."""
        known = scorable(self.targets)
        targets, probabilities = self.targets[:, known], self.probabilities[:, known]
        drawn, auc_drawn = self._drawn_precisions[:, known], drawn_genres(weighted_roc_auc, targets, probabilities)
        flat = targets.reshape(-1, 1), probabilities.reshape(-1, 1)
        return {
            "macro_average_precision": (
                _mean(average_precisions(targets, probabilities)),
                interval(mean_of_known(drawn)),
            ),
            "micro_average_precision": (
                float(average_precisions(*flat)[0]),
                interval(drawn_in_one_list(weighted_average_precision, targets, probabilities)),
            ),
            "macro_roc_auc": (_mean(roc_aucs(targets, probabilities)), interval(mean_of_known(auc_drawn))),
            "micro_roc_auc": (
                float(roc_aucs(*flat)[0]),
                interval(drawn_in_one_list(weighted_roc_auc, targets, probabilities)),
            ),
        }

    @cached_property
    def _drawn_precisions(self) -> Array:
        return drawn_genres(weighted_average_precision, self.targets, self.probabilities)

    @property
    def macro_f1(self) -> float:
        """Mean F1 of verdicts over the genres that some songs have and some have not."""
        return _mean(f1_scores(self.targets, self.heard)[scorable(self.targets)])

    @property
    def macro_second_f1(self) -> float:
        """The same of seconds."""
        return _mean(self.row_f1[scorable(self.targets)])

    @property
    def micro_f1(self) -> float:
        """F1 of all songs' genres in one list."""
        return float(f1_scores(self.targets.reshape(-1, 1), self.heard.reshape(-1, 1))[0])

    @property
    def by_chance(self) -> float:
        """Macro average precision of a network that says nothing: the genres' mean share of the songs."""
        return _mean(self.targets.mean(axis=0)[scorable(self.targets)])

    @property
    def ece(self) -> float:
        """Expected calibration error over all songs' genres."""
        return calibration_error(probability_bins(self.targets, self.probabilities))

    @property
    def per_genre(self) -> dict[str, dict[str, Any]]:
        """Figures by genre, without those that are not scored; `n`: songs that have it."""
        precisions = average_precisions(self.targets, self.probabilities)
        aucs, f1 = roc_aucs(self.targets, self.probabilities), f1_scores(self.targets, self.heard)
        hits = (self.targets * self.heard).sum(axis=0)
        return {
            self.genres[genre]: {
                "average_precision": float(precisions[genre]),
                "average_precision_ci95": list(interval(self._drawn_precisions[:, genre])),
                "roc_auc": float(aucs[genre]),
                "precision": float(hits[genre] / max(self.heard[:, genre].sum(), 1)),
                "recall": float(hits[genre] / self.targets[:, genre].sum()),
                "f1": float(f1[genre]),
                "n": int(self.targets[:, genre].sum()),
            }
            for genre in np.flatnonzero(scorable(self.targets))
        }

    def to_json(self) -> dict[str, Any]:
        """What `evaluate --json` prints, figures to four places."""
        figures: dict[str, Any] = {}
        for name, (value, bounds) in self.figures.items():
            figures |= {name: value, f"{name}_ci95": list(bounds)}
        told: dict[str, Any] = _rounded({
            **figures,
            "macro_average_precision_by_chance": self.by_chance,
            "macro_f1": self.macro_f1,
            "micro_f1": self.micro_f1,
            "macro_second_f1": self.macro_second_f1,
            "ece": self.ece,
            "n_clips": self.n_clips,
            "genres_a_song": float(self.targets.sum(axis=1).mean()),
            "per_genre": self.per_genre,
            "not_scored": self.unscored,
        })  # fmt: skip
        return told


def _mean(values: Array) -> float:
    return float(mean_of_known(values))


def _rounded(value: Any) -> Any:
    """Figures to four places, None for what is not a number, at any depth."""
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    if isinstance(value, float):
        return round(value, 4) if np.isfinite(value) else None
    return value


def evaluate_multi_label(
    songs: FeatureSet, genres: Sequence[str], network: WindowLogits, layout: WindowLayout, rule: RowRule
) -> MultiLabelEvaluation:
    """Run the network over the songs as the page would. Raises TrainingError for a genre it was not taught."""
    return summarise_multi_label(song_logits(songs, tuple(genres), network, layout, rule), genres, rule)


def summarise_multi_label(scored: Sequence[SongLogits], genres: Sequence[str], rule: RowRule) -> MultiLabelEvaluation:
    """The figures of songs already scored. Raises TrainingError where none can be."""
    targets, probabilities = targets_of_scored(scored), verdicts_of(scored, rule)
    if not scorable(targets).any():
        raise TrainingError("every song here has the same genres: nothing can be told apart, and nothing scored")
    shares = np.stack([is_heard(row_probabilities(song.rows, rule), rule.thresholds).mean(axis=0) for song in scored])
    heard = is_heard(probabilities, rule.verdict_thresholds)
    return MultiLabelEvaluation(tuple(genres), targets, probabilities, heard, f1_scores(targets, shares))


def as_text(result: MultiLabelEvaluation, label: str) -> str:
    """A table for the terminal. `label` says which songs these are."""
    wide = max(map(len, (*result.genres, "macro average precision"))) + 1
    lines = [f"{label}: {result.n_clips} songs, of {result.targets.sum(axis=1).mean():.1f} genres each on average"]
    for name, (value, (low, high)) in result.figures.items():
        chance = f", by chance {result.by_chance:.3f}" if name == "macro_average_precision" else ""
        words = name.replace("_", " ").replace("roc auc", "ROC-AUC")
        lines.append(f"{words:<{wide}}{value:>6.3f}  (95 % interval {low:.3f} to {high:.3f}, over songs{chance})")
    lines += [
        f"{'F1 at thresholds':<{wide}}{result.macro_f1:>6.3f} macro, {result.micro_f1:.3f} micro; of seconds "
        f"{result.macro_second_f1:.3f} macro",
        f"{'calibration ECE':<{wide}}{result.ece:>6.3f}  (over all songs' genres)",
        "",
        f"{'genre':<{wide}}{'AP':>6}{'95 % interval':>16}{'AUC':>7}{'precision':>11}{'recall':>8}{'F1':>6}{'songs':>7}",
        *(_line(genre, score, wide) for genre, score in result.per_genre.items()),
    ]
    if result.unscored:
        lines.append(f"not scored, as no song here has them, or every one: {', '.join(result.unscored)}")
    return "\n".join(lines)


def _line(genre: str, score: Mapping[str, Any], wide: int) -> str:
    low, high = score["average_precision_ci95"]
    return (
        f"{genre:<{wide}}{score['average_precision']:>6.2f}{f'{low:.2f} to {high:.2f}':>16}{score['roc_auc']:>7.2f}"
        f"{score['precision']:>11.2f}{score['recall']:>8.2f}{score['f1']:>6.2f}{score['n']:>7}"
    )


def write_multi_label(result: MultiLabelEvaluation, folder: Path, label: str, model: Mapping[str, str]) -> None:
    """evaluation.json and genres.csv. `model` is its name and version."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {"songs": label, "model": dict(model), "genres": list(result.genres), **result.to_json()}
    write_evidence(folder, "evaluation", data)
    with (folder / "genres.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["genre", "average_precision", "low", "high", "roc_auc", "precision", "recall", "f1", "songs"])
        for genre, score in data["per_genre"].items():
            first, (low, high), *rest = score.values()
            writer.writerow([genre, first, low, high, *rest])
