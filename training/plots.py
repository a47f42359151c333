"""Pictures of a training: curves, confusion matrices and reliability diagrams, as PNG."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from model.features import Array
from training.metrics import ConfidenceBin, wilson_interval
from training.reliability import Reliability


def draw_curves(history: Sequence[Mapping[str, str]], path: Path) -> None:
    """Loss and accuracy by epoch, training and validation, from the rows of history.csv; where songs have several
    genres mean average precision, of validation songs alone.
    """
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    epochs = np.arange(1, len(history) + 1)
    of_right = ("mean average precision", "", "val_mean_ap")
    if "val_mean_ap" not in history[0]:
        of_right = ("accuracy", "window_accuracy", "val_accuracy")
    panels = (("loss", "loss", "val_loss"), of_right)
    for axes, (label, training, validation) in zip(figure.subplots(1, 2), panels, strict=True):
        if training:
            axes.plot(epochs, [float(row[training]) for row in history], label="training windows (mixed, varied)")
        axes.plot(epochs, [float(row[validation]) for row in history], label="validation songs", color="C1")
        axes.set(xlabel="epoch", ylabel=label)
        axes.grid(alpha=0.3)
    figure.axes[1 if of_right[1] else 0].legend(frameon=False)
    _save(figure, path)


def draw_genres(songs_by_genre: Mapping[str, int], path: Path) -> None:
    """How many songs there are of each genre, as bars, most first."""
    figure = Figure(figsize=(6, 1.2 + 0.3 * len(songs_by_genre)), layout="constrained")
    axes = figure.subplots()
    genres = sorted(songs_by_genre, key=lambda genre: songs_by_genre[genre])
    axes.bar_label(axes.barh(_labels(genres), [songs_by_genre[genre] for genre in genres]), padding=3)
    axes.set(xlabel="songs")
    axes.spines[["top", "right"]].set_visible(False)
    _save(figure, path)


def draw_confusion(matrix: Array, genres: Sequence[str], path: Path) -> None:
    """Songs by true genre (rows) and verdict (columns): int [genres, genres]."""
    side = 2.2 + 0.5 * len(genres)
    figure = Figure(figsize=(side, side), layout="constrained")
    axes = figure.subplots()
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.imshow(share, cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(matrix):
        if count:
            axes.text(
                column,
                row,
                str(count),
                ha="center",
                va="center",
                color="white" if share[row, column] > 0.5 else "black",
            )
    axes.set_xticks(range(len(genres)), _labels(genres), rotation=45, ha="right")
    axes.set_yticks(range(len(genres)), _labels(genres))
    axes.set(xlabel="verdict", ylabel="genre")
    _save(figure, path)


def draw_reliability(found: Reliability, path: Path) -> None:
    """Share of right decisions over their confidence, and how many there are, for verdicts and for seconds."""
    figure = Figure(figsize=(9, 5.6), layout="constrained")
    panels = figure.subplots(2, 2, sharex=True, height_ratios=(3, 1))
    kinds = (("verdicts", found.verdicts, found.ece), ("seconds", found.seconds, found.second_ece))
    for (shares, counts), (kind, bins, ece) in zip(panels.T, kinds, strict=True):
        _draw_shares(shares, bins)
        _draw_counts(counts, bins)
        shares.set_title(f"{kind}: ECE {ece:.3f}")
        counts.set_ylabel(kind)
    _draw_intervals(panels[0, 0], found.verdicts)  # none for seconds: those of one song are not independent
    panels[0, 0].set_ylabel("share that is right")
    _save(figure, path)


def _draw_shares(axes: Axes, bins: Sequence[ConfidenceBin]) -> None:
    """A point a bin, beside the diagonal of perfect calibration."""
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1)
    axes.plot([each.confidence for each in bins], [each.accuracy for each in bins], "o", color="#1f4e8c", zorder=3)
    axes.set(ylim=(-0.02, 1.02))
    axes.grid(alpha=0.3)


def _draw_intervals(axes: Axes, bins: Sequence[ConfidenceBin]) -> None:
    low, high = np.array([wilson_interval(each.accuracy, each.n) for each in bins]).T
    axes.vlines([each.confidence for each in bins], low, high, color="#9fb8d6", linewidth=2)


def _draw_counts(axes: Axes, bins: Sequence[ConfidenceBin]) -> None:
    bars = axes.bar([each.confidence for each in bins], [each.n for each in bins], width=0.05, color="#9fb8d6")
    axes.bar_label(bars, padding=1, fontsize=7)
    axes.set(xlabel="confidence", xlim=(0, 1.02))
    axes.margins(y=0.35)


def _labels(genres: Sequence[str]) -> list[str]:
    """As they are: what stands between two dollars would be set as a formula."""
    return [genre.replace("$", r"\$") for genre in genres]


def _save(figure: Figure, path: Path) -> None:
    """Signs that the font does not have are boxes, and no warning tells of each."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        figure.savefig(path, dpi=120)
