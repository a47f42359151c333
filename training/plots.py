"""Pictures of a training: curves and confusion matrices, as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from model.features import Array


def draw_curves(history: Sequence[Mapping[str, str]], path: Path) -> None:
    """Loss and accuracy by epoch, training and validation, from the rows of history.csv."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    epochs = np.arange(1, len(history) + 1)
    panels = (("loss", "loss", "val_loss"), ("accuracy", "window_accuracy", "val_accuracy"))
    for axes, (label, training, validation) in zip(figure.subplots(1, 2), panels, strict=True):
        axes.plot(epochs, [float(row[training]) for row in history], label="training windows (mixed, varied)")
        axes.plot(epochs, [float(row[validation]) for row in history], label="validation songs")
        axes.set(xlabel="epoch", ylabel=label)
        axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)


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
    axes.set_xticks(range(len(genres)), genres, rotation=45, ha="right")
    axes.set_yticks(range(len(genres)), genres)
    axes.set(xlabel="verdict", ylabel="genre")
    figure.savefig(path, dpi=120)
