"""Which charts the report has, made of what it gathered: each with words that say the same to who does not see it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from markupsafe import Markup

from training.evaluate import Evaluation
from training.metrics import ConfidenceBin
from training.multi_label import MultiLabelEvaluation
from training.multi_label_metrics import probability_bins
from training.report import Report
from training.report_colours import genre_shapes
from training.report_map import SongMap
from training.report_mels import mel_ticks, sample_mel, typical_tracks
from training.report_songs import Told, right_seconds, share_right_by_second
from training.report_svg import Dot, Line, line_chart, map_chart, mel_chart, reliability_chart
from training.score import verdicts_of

MOST_NAMED_GENRES = 30  # in the map: more names hide the songs


def curve_charts(history: Sequence[Mapping[str, str]]) -> list[Markup]:
    """Loss, and accuracy or mean average precision, by epoch; none where no epochs were trained."""
    if len(history) < 2:
        return []
    epochs = [float(row["epoch"]) + 1 for row in history]
    panels = [("loss", ("loss", "val_loss"))]
    panels += [("accuracy", ("window_accuracy", "val_accuracy"))] if "val_accuracy" in history[0] else []
    panels += [("mean average precision", ("", "val_mean_ap"))] if "val_mean_ap" in history[0] else []
    return [_curves(label, names, epochs, history) for label, names in panels]


def _curves(
    label: str, names: tuple[str, str], epochs: Sequence[float], history: Sequence[Mapping[str, str]]
) -> Markup:
    kinds = (("training windows", "learned"), ("validation songs", "judged"))
    lines = [
        Line(kind, style, values)
        for (kind, style), name in zip(kinds, names, strict=True)
        if any(map(math.isfinite, values := [_number(row.get(name, "")) for row in history]))
    ]
    ends = "; ".join(f"{line.name} {_last(line.values):.3f} in the end" for line in lines)
    words = f"{label} over {len(epochs)} epochs: {ends}"
    return line_chart(words, epochs, lines, "epoch", label, is_share=label != "loss")


def _number(text: str | None) -> float:
    return float(text) if text else math.nan


def _last(values: Sequence[float]) -> float:
    return [value for value in values if math.isfinite(value)][-1]


def by_second_chart(report: Report) -> Markup | None:
    """Share of songs whose row is right, second by second; None where songs have several genres, or are too short."""
    if isinstance(report.result, MultiLabelEvaluation):
        return None
    shares = share_right_by_second(right_seconds(report.scored))
    if len(shares) < 2:
        return None
    step_s = report.source.rule.step_s
    seconds = [(number + 0.5) * step_s for number in range(len(shares))]
    values = [share for share, _ in shares]
    words = (
        f"share of songs that are heard rightly in each second: {min(values):.2f} at the least, {max(values):.2f} at "
        f"the most, {values[0]:.2f} in the first"
    )
    lines = [Line("songs", "judged", values)]
    return line_chart(words, seconds, lines, "second of the song", "share of songs right", is_share=True, width=940)


def reliability_bins(report: Report) -> list[ConfidenceBin]:
    """Of the verdicts; where songs have several genres of all songs' genres."""
    result = report.result
    if isinstance(result, Evaluation):
        return result.calibration.verdicts
    return probability_bins(result.targets, result.probabilities)


def reliability(report: Report) -> Markup:
    """Intervals where decisions are independent: not of several genres of one song."""
    words = "How often it was right over how sure it was; the table says the same in numbers"
    return reliability_chart(words, reliability_bins(report), has_intervals=isinstance(report.result, Evaluation))


def song_map_chart(report: Report, found: SongMap, told: Mapping[str, Told]) -> Markup:
    """Songs learned from small and faint, those judged large, and those heard wrongly with a ring."""
    genres = report.source.genres
    shapes = genre_shapes(genres)
    numbers = [genres.index(track.genre) for track in found.tracks]
    dots = [
        Dot(number, shapes[number], style_of(told.get(track.name)))
        for number, track in zip(numbers, found.tracks, strict=True)
    ]
    present = [genre for genre in range(len(genres)) if genre in numbers]
    labels = [
        (genres[genre], np.median(found.places[np.array(numbers) == genre], axis=0))
        for genre in present
        if len(present) <= MOST_NAMED_GENRES
    ]
    words = f"Map of {len(dots)} songs of {len(present)} genres: the list below the map has each of them"
    return map_chart(words, found.places, dots, labels)


def style_of(told: Told | None) -> str:
    """Of a song in the map; None: it was learned from."""
    if told is None:
        return "learned-song"
    return "right-song" if told.is_right else "wrong-song"


def mel_charts(report: Report) -> list[tuple[str, str, Markup]]:
    """(genre, song, chart) of each genre that has a judged song: of the one that is most surely of it."""
    genres, layout = report.source.genres, report.source.windows
    tracks = [song.track for song in report.scored]
    ticks = mel_ticks(report.source.chain)
    charts = []
    for genre, track in typical_tracks(genres, tracks, list(verdicts_of(report.scored, report.source.rule))):
        mel = sample_mel(report.songs, track, layout)
        words = (
            f"Log-mel spectrogram of {track.name}, {genre}, from second {mel.from_s:.0f} on, low notes at the bottom"
        )
        charts.append((genre, track.name, mel_chart(words, mel.address, ticks, mel.from_s, mel.duration_s)))
    return charts
