"""The report as one HTML file that asks nobody for anything: style, script and pictures are in it.

A Content-Security-Policy in it forbids all else, by the hashes of its own style and script. Names of songs and genres
are anybody's: the template escapes them.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from model.whole_files import stand_in
from training.card_text import percent
from training.errors import TrainingError
from training.evaluate import Evaluation
from training.report import Report
from training.report_audio import Sounds
from training.report_charts import (
    by_second_chart,
    curve_charts,
    mel_charts,
    reliability,
    reliability_bins,
    song_map_chart,
)
from training.report_colours import genre_shapes
from training.report_palette import report_style
from training.report_songs import GenreSongs, Told, commonest_confusions, songs_by_genre, told_songs, worst_first
from training.report_svg import key_of, shape_symbols, stacked_bar
from training.report_tables import confusion_rows, genre_rows_of_one, genre_rows_of_several
from training.report_words import facts, headline_figures, lead, option_rows

TEMPLATES = Path(__file__).parent / "templates"
WRONG_SHOWN, MOST_WRONG_SONGS = 15, 300  # at once, and behind "more": a file of megabytes is read by nobody
SKIPPED_SHOWN = 20


def write_html(report: Report, path: Path, sounds: Sounds | None = None) -> None:
    """Write the page in one step. Raises TrainingError when there is no room for it."""
    html = render(report, sounds or Sounds({}))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with stand_in(path) as fresh:
            fresh.write_text(html, encoding="utf-8")
    except OSError as error:
        raise TrainingError(f"{path} cannot be written: {error.strerror}") from error


def render(report: Report, sounds: Sounds) -> str:
    """The page's text: the same for the same report."""
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8") + report_style(report.source.genres)
    script = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters["percent"] = percent
    return environment.get_template("report.html").render(
        policy=_policy(style, script, has_sound=bool(sounds.addresses)),
        style=Markup(style),  # noqa: S704 - our own files, and colours that we made
        script=Markup(script),  # noqa: S704
        **_content(report, sounds),
    )


def _policy(style: str, script: str, *, has_sound: bool) -> str:
    media = "media-src 'self' file:; " if has_sound else ""
    return (
        f"default-src 'none'; img-src data:; {media}style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _content(report: Report, sounds: Sounds) -> dict[str, Any]:
    """What the template is told."""
    genres, result = report.source.genres, report.result
    told = told_songs(report.scored, genres, report.source.rule)
    wrong = worst_first(told)
    one = result if isinstance(result, Evaluation) else None
    return {
        "report": report,
        "is_of_one_genre": one is not None,
        "figures": headline_figures(report),
        "lead": lead(report),
        "facts": facts(report),
        "options": list(option_rows(report.source.training.get("options", {}))),
        "keys": {genre: key_of(number, shape) for number, (genre, shape) in enumerate(_shaped(genres))},
        "symbols": shape_symbols(),
        **_data(report),
        "curves": curve_charts(report.source.history),
        "genre_rows": genre_rows_of_one(report) if one else genre_rows_of_several(report),
        "by_second": by_second_chart(report),
        "confusion": confusion_rows(one.confusion, genres) if one else [],
        "confusions": commonest_confusions(one.confusion, genres) if one else [],
        "reliability": reliability(report),
        "reliability_bins": reliability_bins(report),
        "map": song_map_chart(report, report.map, {song.name: song for song in told}) if report.map else None,
        "map_songs": _map_songs(report, told),
        "wrong": wrong[:WRONG_SHOWN],
        "more_wrong": wrong[WRONG_SHOWN:MOST_WRONG_SONGS],
        "n_wrong": len(wrong),
        "mels": mel_charts(report),
        "sounds": sounds,
    }


def _shaped(genres: tuple[str, ...]) -> list[tuple[str, str]]:
    return list(zip(genres, genre_shapes(genres), strict=True))


def _data(report: Report) -> dict[str, Any]:
    rows = songs_by_genre(report.songs, report.split)
    most = max(row.n for row in rows)
    return {
        "data_rows": [(row, stacked_bar(_parts(row), most)) for row in rows],
        "n_repeats": sum(track.recording not in ("", track.name) for track in report.songs.tracks),
        "skipped": list(report.skipped.items())[:SKIPPED_SHOWN],
        "n_skipped": len(report.skipped),
    }


def _parts(row: GenreSongs) -> list[tuple[str, int]]:
    return [*((f"part-{part}", n) for part, n in row.n_by_part.items()), ("part-none", row.n_left_out)]


def _map_songs(report: Report, told: Sequence[Told]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Songs of the map by what they were to the network, each with its number in the map and what it was heard as."""
    tracks, by_name = report.map.tracks if report.map else (), {song.name: song for song in told}
    songs = [{"number": number, "track": track, "told": by_name.get(track.name)} for number, track in enumerate(tracks)]
    judged = [song for song in songs if song["told"] is not None]
    learned = [song for song in songs if song["told"] is None]
    return [(words, group) for words, group in (("judged", judged), ("learned from", learned)) if group]
