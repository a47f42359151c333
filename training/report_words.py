"""The report's figures and facts as words and cells, for its template to lay out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from training.card_text import percent
from training.evaluate import Evaluation
from training.metrics import calibration_error_by_chance, macro_f1_interval
from training.multi_label import MultiLabelEvaluation
from training.report import Report
from training.report_songs import right_seconds, share_right


@dataclass(frozen=True)
class Figure:
    """A number to be read from across the room, and what it means."""

    value: str
    name: str
    remark: str


def headline_figures(report: Report) -> list[Figure]:
    """Those of `evaluate`, with intervals."""
    result = report.result
    return _of_one_genre(report, result) if isinstance(result, Evaluation) else _of_several(result)


def _of_one_genre(report: Report, result: Evaluation) -> list[Figure]:
    seconds, seconds_bounds = share_right(right_seconds(report.scored))
    genre, verdict = result.confusion.nonzero()
    counts = result.confusion[genre, verdict]
    f1_bounds = macro_f1_interval(genre.repeat(counts), verdict.repeat(counts), len(result.genres))
    chance = calibration_error_by_chance(result.calibration.verdicts)
    n_right, n_seconds = int(result.correct.sum()), sum(len(song.rows) for song in report.scored)
    return [
        Figure(
            percent(result.clip_accuracy),
            "of the songs right",
            f"{n_right} of {result.n_clips}; {_interval(result.clip_accuracy_ci95)}",
        ),
        Figure(
            percent(seconds),
            "of the seconds right",
            f"{n_seconds:,} in {result.n_clips} songs, each counting the same; {_interval(seconds_bounds)}",
        ),
        Figure(
            f"{result.macro_f1:.3f}",
            "macro F1",
            f"every genre counting the same; {_interval(f1_bounds, in_percent=False)}",
        ),
        Figure(
            f"{result.calibration.ece:.3f}",
            "calibration error (ECE)",
            f"between how sure it was and how often it was right; so few songs show {chance:.3f} by chance alone"
            + ("; temperatures fitted on other songs each" if result.cross_fitted else ""),
        ),
    ]


def _of_several(result: MultiLabelEvaluation) -> list[Figure]:
    figures = result.figures
    precision, bounds = figures["macro_average_precision"]
    auc, auc_bounds = figures["macro_roc_auc"]
    return [
        Figure(
            f"{precision:.3f}",
            "mean average precision (mAP)",
            f"{result.n_clips} songs; {_interval(bounds, in_percent=False)}; by chance {result.by_chance:.3f}",
        ),
        Figure(f"{auc:.3f}", "ROC-AUC", f"mean over the genres; {_interval(auc_bounds, in_percent=False)}"),
        Figure(
            f"{result.macro_f1:.3f}", "macro F1", f"at the genres' thresholds; of seconds {result.macro_second_f1:.3f}"
        ),
        Figure(f"{result.ece:.3f}", "calibration error (ECE)", "over all songs' genres"),
    ]


def _interval(bounds: tuple[float, float], *, in_percent: bool = True) -> str:
    low, high = (percent(bound) if in_percent else f"{bound:.3f}" for bound in bounds)
    return f"95\N{NO-BREAK SPACE}% interval {low} to {high}"


def lead(report: Report) -> str:
    """The report in one sentence."""
    others = " others" if report.is_of_others else ""
    return (
        f"{len(report.source.genres)} genres, learned from {_n_learned(report)} songs and judged on "
        f"{report.result.n_clips}{others}."
    )


def _n_learned(report: Report) -> str:
    return str(report.source.training.get("train_songs", "an unknown number of"))


def facts(report: Report) -> list[tuple[str, str]]:
    """What was trained, on what and how: (term, words)."""
    source, training = report.source, report.source.training
    options = training.get("options", {})
    chain, windows = source.chain, source.windows
    window_s = (chain.n_fft + (windows.window_frames - 1) * chain.hop_length) / chain.sample_rate_hz
    several = " (a song may have several)" if source.rule.is_multi_label else ""
    told = [
        ("Genres", f"{len(source.genres)}{several}"),
        ("Learned from", f"{_n_learned(report)} songs"),
        ("Judged on", f"{report.result.n_clips} songs: {report.label}"),
        ("Network", f"{options.get('model', 'not recorded')}, {_start(options)}"),
        ("Training", _training(options)),
        (
            "It hears",
            f"{window_s:.0f} s at a time, as {chain.n_mels} bands up to {chain.sample_rate_hz / 2000:.3g} kHz, "
            f"{chain.frame_rate_hz:.1f} times a second",
        ),
    ]
    if version := training.get("version"):
        told.append(("Version", str(version)))
    return told


def _start(options: Mapping[str, Any]) -> str:
    start = options.get("init", "scratch")
    return "from nothing" if start == "scratch" else f"starting from {start}"


def _training(options: Mapping[str, Any]) -> str:
    if not options:
        return "not recorded"
    epochs = options.get("epochs", 0)
    if averaged := options.get("averaged"):
        return f"{epochs} epochs each with {len(averaged)} seeds, then the mean of their weights"
    if not epochs:
        return f"the last layer alone, fitted in one go, seed {options.get('seed', 0)}"
    return (
        f"{epochs} epochs of {options['batch_size']} songs at a time, learning rate {options['learning_rate']:g}, "
        f"seed {options['seed']}"
    )


def option_rows(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """All that the training was told, a row each."""
    for name, value in options.items():
        if isinstance(value, Mapping):
            yield from option_rows(value, f"{name}: ")
        else:
            words = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            yield f"{prefix}{name}".replace("_", " "), words or "–"
