"""How good a network is on songs it was not chosen on, in the figures that the field reports."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from model.contract import RowRule, WindowLayout
from model.features import Array
from model.windows import verdict_probabilities
from training.chunks import ChunkAccuracy, chunk_accuracy
from training.cross_fit import cross_fitted_rules
from training.evidence import write_evidence
from training.feature_set import FeatureSet
from training.metrics import bootstrap_interval, confusion_matrix, genre_scores, macro_f1
from training.plots import draw_confusion, draw_reliability
from training.reliability import Reliability, reliability, write_reliability
from training.score import SongLogits, WindowLogits, song_logits
from training.short_songs import OfLength, figures_by_length, middles_of, table_by_length
from training.targets import check_taught


@dataclass(frozen=True)
class Evaluation:
    """The figures of one network on one set.

    `correct` is bool [clips]; `confusion` has true genres as rows; `reliability` is that of the rule that was given,
    `cross_fitted` that of temperatures fitted on other songs, where the rule's own were fitted on these.
    """

    genres: tuple[str, ...]
    correct: Array
    second_accuracy: float
    confusion: Array
    reliability: Reliability
    cross_fitted: Reliability | None = None
    chunks: ChunkAccuracy | None = None  # where asked for
    by_length: tuple[OfLength, ...] = ()  # the songs cut shorter, where the rule is less sure of short songs

    @property
    def calibration(self) -> Reliability:
        """The reliability that is stated: with temperatures that were fitted on other songs."""
        return self.cross_fitted or self.reliability

    @property
    def n_clips(self) -> int:
        """Songs scored."""
        return len(self.correct)

    @property
    def clip_accuracy(self) -> float:
        """Share of songs whose verdict is right."""
        return float(self.correct.mean())

    @property
    def clip_accuracy_ci95(self) -> tuple[float, float]:
        """Its 95 % interval, bootstrap over songs."""
        return bootstrap_interval(self.correct)

    @property
    def macro_f1(self) -> float:
        """Mean F1 over the genres that occur."""
        return macro_f1(genre_scores(self.confusion))

    @property
    def per_genre(self) -> dict[str, dict[str, float]]:
        """Precision, recall, F1 and number of songs by genre."""
        return {name: asdict(score) for name, score in zip(self.genres, genre_scores(self.confusion), strict=True)}

    def to_json(self) -> dict[str, Any]:
        """What `evaluate --json` prints, figures to four places."""
        return {
            "clip_accuracy": round(self.clip_accuracy, 4),
            "clip_accuracy_ci95": [round(bound, 4) for bound in self.clip_accuracy_ci95],
            "second_accuracy": round(self.second_accuracy, 4),
            "macro_f1": round(self.macro_f1, 4),
            "ece": round(self.calibration.ece, 4),
            "n_clips": self.n_clips,
            **({"chunks": self.chunks.to_json()} if self.chunks else {}),
            **({"by_length": [each.to_json() for each in self.by_length]} if self.by_length else {}),
            "per_genre": {
                genre: {key: round(value, 4) for key, value in score.items()} for genre, score in self.per_genre.items()
            },
        }


def evaluate(
    songs: FeatureSet,
    genres: Sequence[str],
    network: WindowLogits,
    layout: WindowLayout,
    rule: RowRule,
    *,
    fitted_on_these: bool = False,
    chunk_s: float = 0,
) -> Evaluation:
    """Run the network over the songs as the page would. Raises TrainingError for a genre it was not taught.

    `fitted_on_these` says that the rule's temperatures were fitted on these songs: then its calibration is also
    measured with temperatures fitted on others. `chunk_s`: chunks of this length are judged, too. Where the rule is
    less sure of short songs, the songs' middles are judged as such, which takes a window for each length.
    """
    check_taught((track.genre for track in songs.tracks), genres)
    scored = song_logits(songs, tuple(genres), network, layout, rule)
    result = summarise(scored, genres, rule, fitted_on_these=fitted_on_these, chunk_s=chunk_s)
    if rule.short_verdict_temperature == 1:
        return result
    by_length = figures_by_length(middles_of(songs, tuple(genres), network, layout, rule), rule)
    return replace(result, by_length=tuple(by_length))


def summarise(
    scored: Sequence[SongLogits],
    genres: Sequence[str],
    rule: RowRule,
    *,
    fitted_on_these: bool = False,
    chunk_s: float = 0,
) -> Evaluation:
    """The figures of songs already scored; `fitted_on_these` and `chunk_s` as of `evaluate`."""
    result = summarise_each(scored, genres, [rule] * len(scored))
    if chunk_s:
        result = replace(result, chunks=chunk_accuracy(scored, [rule] * len(scored), chunk_s))
    if not fitted_on_these:
        return result
    return replace(result, cross_fitted=reliability(scored, cross_fitted_rules(scored, rule)))


def summarise_each(scored: Sequence[SongLogits], genres: Sequence[str], rules: Sequence[RowRule]) -> Evaluation:
    """The figures of songs already scored, each heard by its own rule."""
    genre = np.array([song.genre for song in scored])
    pairs = list(zip(scored, rules, strict=True))
    verdict = np.array([verdict_probabilities(song.rows, rule).argmax() for song, rule in pairs])
    rows_right = [float((song.rows.argmax(axis=1) == song.genre).mean()) for song in scored]
    return Evaluation(
        genres=tuple(genres),
        correct=verdict == genre,
        second_accuracy=float(np.mean(rows_right)),
        confusion=confusion_matrix(genre, verdict, len(genres)),
        reliability=reliability(scored, rules),
    )


def as_text(result: Evaluation, label: str) -> str:
    """A table for the terminal. `label` says which songs these are."""
    low, high = result.clip_accuracy_ci95
    lines = [
        f"{label}: {result.n_clips} songs",
        f"song accuracy    {result.clip_accuracy:.3f}  (95 % interval {low:.3f} to {high:.3f}, bootstrap over songs)",
        *([result.chunks.as_text()] if result.chunks else []),
        f"second accuracy  {result.second_accuracy:.3f}",
        f"macro F1         {result.macro_f1:.3f}",
        f"calibration ECE  {result.calibration.ece:.3f}{_how_calibrated(result)}",
        "",
        f"{'genre':<16}{'precision':>10}{'recall':>8}{'F1':>7}{'songs':>7}",
    ]
    for genre, score in result.per_genre.items():
        lines.append(
            f"{genre:<16}{score['precision']:>10.2f}{score['recall']:>8.2f}{score['f1']:>7.2f}{score['n']:>7.0f}"
        )
    return "\n".join([*lines, *(["", *table_by_length(result.by_length)] if result.by_length else [])])


def _how_calibrated(result: Evaluation) -> str:
    if result.cross_fitted is None:
        return ""
    return (
        "  (cross-fitted: each fifth of the songs at temperatures fitted on the others; "
        f"{result.reliability.ece:.3f} at temperatures fitted on these very songs)"
    )


def write_evaluation(result: Evaluation, folder: Path, label: str, model: Mapping[str, str]) -> None:
    """evaluation.json, confusion.csv and .png, reliability.csv and .png. `model` is its name and version."""
    folder.mkdir(parents=True, exist_ok=True)
    data = {
        "songs": label,
        "model": dict(model),
        "genres": list(result.genres),
        **result.to_json(),
        "confusion": result.confusion.tolist(),
        "reliability": result.reliability.to_json(),
        "reliability_cross_fitted": result.cross_fitted.to_json() if result.cross_fitted else None,
    }
    write_evidence(folder, "evaluation", data)
    with (folder / "confusion.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["genre \\ verdict", *result.genres])
        writer.writerows([genre, *row] for genre, row in zip(result.genres, result.confusion.tolist(), strict=True))
    draw_confusion(result.confusion, result.genres, folder / "confusion.png")
    write_reliability(result.calibration, folder / "reliability.csv")
    draw_reliability(result.calibration, folder / "reliability.png")


def write_sealed(result: Evaluation, folder: Path, label: str, model: Mapping[str, str]) -> Path:
    """sealed.json: of songs that were kept apart the accuracy alone, so that the card tells no more."""
    figures = result.to_json()
    kept = {name: figures[name] for name in ("n_clips", "clip_accuracy", "clip_accuracy_ci95")}
    measured_by = "the command evaluate"
    return write_evidence(folder, "sealed", {"songs": label, "model": dict(model), "measured_by": measured_by, **kept})
