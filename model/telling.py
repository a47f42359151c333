"""What is told of songs that were heard, as objects for JSON and as lines of CSV: by /predict and the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from model.contract import Contract
from model.csv_text import csv_line
from model.features import Array
from model.song_stream import Analysis
from model.windows import is_heard


def likeliest(row: Array, genres: Sequence[str], n: int | None) -> dict[str, float]:
    """The likeliest genres of probabilities [genres], n of them or all, by falling probability; of equals the first."""
    order = np.argsort(-row, kind="stable")[:n]
    return {genres[genre]: float(row[genre]) for genre in order}


def heard_genres(row: Array, contract: Contract) -> list[str]:
    """Those whose probability in a row [genres] reaches their threshold, likeliest first; of equals the first."""
    heard = is_heard(row, contract.rows.bounds)
    return [contract.genres[genre] for genre in np.argsort(-row, kind="stable") if heard[genre]]


def as_object(analysis: Analysis, top: int | None) -> dict[str, Any]:
    """The result object; with `top`, each row and the verdict have their likeliest genres only, this many."""
    whole = analysis.to_json()
    if top is None:
        return whole
    rows = {"top": [likeliest(np.array(row), whole["genres"], top) for row in whole.pop("probabilities")]}
    return {**whole, **rows, "verdict": with_likeliest(whole["verdict"], top)}


def claimed_genres(verdict: Mapping[str, Any]) -> list[str]:
    """Of a verdict as it is told: its genre, or all that are heard where several can be; none where it is unsure."""
    return [] if verdict["unsure"] else list(verdict.get("genres", [verdict["genre"]]))


def with_likeliest(verdict: Mapping[str, Any], top: int | None) -> dict[str, Any]:
    """A verdict, as it is told, with its likeliest genres only, this many, or all."""
    if top is None:
        return dict(verdict)
    probabilities = verdict["probabilities"]
    return {**verdict, "probabilities": likeliest(np.array([*probabilities.values()]), [*probabilities], top)}


def names_in_one(genres: Sequence[str]) -> str:
    """Several genres in one field of a table."""
    return "; ".join(genres)


def csv_lines(songs: Sequence[tuple[str, Analysis | str]], top: int | None) -> Iterator[str]:
    """A line a row of songs given by name, each as it was heard, or the code of why it was not.

    Of several songs each line begins with the song's name, and those that failed have one. Where several genres can be
    heard at once, a column names those that are.
    """
    has_names = len(songs) > 1
    analyses = [outcome for _, outcome in songs if isinstance(outcome, Analysis)]
    genres = analyses[0].contract.genres if analyses else ()
    heard = ["heard"] if analyses and analyses[0].contract.rows.is_multi_label else []
    columns = (
        [f"{what}_{k + 1}" for k in range(min(top, len(genres))) for what in ("genre", "probability")]
        if top
        else list(genres)
    )
    yield csv_line(
        [*(["name"] if has_names else []), "time_s", *columns, "unsure", *heard, *(["problem"] if has_names else [])]
    )
    for song_name, outcome in songs:
        name = [song_name] if has_names else []
        if isinstance(outcome, str):
            yield csv_line([*name, "", *[""] * len(columns), "", *[""] * len(heard), outcome])
        else:
            for line in _csv_rows(outcome, top):
                yield csv_line([*name, *line, *([""] if has_names else [])])


def _csv_rows(analysis: Analysis, top: int | None) -> Iterator[list[Any]]:
    whole, genres = analysis.to_json(), analysis.contract.genres
    for k, (row, vague) in enumerate(zip(whole["probabilities"], whole["unsure"], strict=True)):
        shares = [part for pair in likeliest(np.array(row), genres, top).items() for part in pair] if top else row
        heard = [names_in_one(heard_genres(np.array(row), analysis.contract))] if "thresholds" in whole else []
        yield [k * whole["step_s"], *shares, vague, *heard]
