"""The report's tables: a row a genre, and who was taken for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from model.features import Array
from training.card_text import percent
from training.evaluate import Evaluation
from training.metrics import wilson_interval
from training.multi_label import MultiLabelEvaluation
from training.report import Report
from training.report_palette import shade_of
from training.report_songs import right_seconds, share_right
from training.report_svg import share_bar


@dataclass(frozen=True)
class GenreRow:
    """A genre: a bar of what it is judged by, and cells in the order of the table's columns."""

    genre: str
    bar: Markup
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """Songs of a genre that were heard as another: how many, and the shade of their share of the genre's."""

    n: int
    shade: int
    is_right: bool


def genre_rows_of_one(report: Report) -> list[GenreRow]:
    """Songs, the share of them right with its interval (Wilson's), and of their seconds, precision, F1."""
    result, genres = report.result, report.source.genres
    assert isinstance(result, Evaluation)  # noqa: S101 - the other kind has rows of its own
    rows = []
    for number, genre in enumerate(genres):
        score = result.per_genre[genre]
        n, recall = int(score["n"]), score["recall"]
        if not n:
            rows.append(GenreRow(genre, Markup(), ("0", "–", "–", "–", "–", "–")))
            continue
        low, high = wilson_interval(recall, n)
        right = right_seconds([song for song in report.scored if song.genre == number])
        cells = (
            str(n), percent(recall), f"{percent(low)} to {percent(high)}", percent(share_right(right)[0]),
            percent(score["precision"]), f"{score['f1']:.2f}",
        )  # fmt: skip
        rows.append(GenreRow(genre, share_bar(recall, low, high), cells))
    return rows


def genre_rows_of_several(report: Report) -> list[GenreRow]:
    """Songs, average precision with its interval, ROC-AUC, precision, recall and F1, and the genre's thresholds."""
    result, rule = report.result, report.source.rule
    assert isinstance(result, MultiLabelEvaluation)  # noqa: S101
    rows = []
    for number, genre in enumerate(result.genres):
        bounds = (f"{rule.verdict_thresholds[number]:.2f}", f"{rule.thresholds[number]:.2f}")
        score = result.per_genre.get(genre)
        if score is None:
            n = str(int(result.targets[:, number].sum()))
            rows.append(GenreRow(genre, Markup(), (n, *("–",) * 7, *bounds)))
            continue
        low, high = score["average_precision_ci95"]
        figures = (f"{score[name]:.2f}" for name in ("roc_auc", "precision", "recall", "f1"))
        cells = (
            str(score["n"]), f"{score['average_precision']:.2f}", f"{low:.2f} to {high:.2f}", *figures,
            f"{result.row_f1[number]:.2f}", *bounds,
        )  # fmt: skip
        rows.append(GenreRow(genre, share_bar(score["average_precision"], low, high), cells))
    return rows


def confusion_rows(confusion: Array, genres: Sequence[str]) -> list[tuple[str, list[Cell]]]:
    """Of each genre the cells by what it was heard as."""
    return [
        (
            genre,
            [Cell(int(n), shade_of(n / max(row.sum(), 1)), row_number == column) for column, n in enumerate(row)],
        )
        for row_number, (genre, row) in enumerate(zip(genres, confusion, strict=True))
    ]
