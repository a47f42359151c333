"""What /predict says, in the form that was asked for: whole as JSON or CSV, or row by row as NDJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.contract import Contract
from model.features import Array
from model.song_stream import DIGITS, Analysis, labelling
from model.telling import as_object, csv_lines, likeliest
from model.windows import is_unsure
from server.negotiation import Q
from server.problems import Problem, problem_body

JSON, NDJSON, CSV = "application/json", "application/x-ndjson", "text/csv"


@dataclass(frozen=True)
class Heard:
    """A song of a request by the name that the client gave it, and what came of it."""

    name: str
    outcome: Analysis | Problem


def form_asked_for(accept: str) -> str:
    """The media type to answer with: of those named the one of most weight, of equals the first; JSON where none is."""
    weights: dict[str, float] = {}
    for part in accept.lower().replace(" ", "").split(","):
        name, *parameters = part.split(";")
        q = next(filter(None, map(Q.fullmatch, parameters)), None)
        weights.setdefault(name, float(q[1]) if q else 1.0)
    named = [form for form, weight in weights.items() if form in (JSON, NDJSON, CSV) and weight > 0]
    return max(named, key=weights.__getitem__, default=JSON)


def whole_answer(form: str, songs: Sequence[Heard], top: int | None) -> str:
    """All that is to be said, as JSON or CSV."""
    if form == CSV:
        return "".join(as_csv(songs, top))
    return json.dumps(as_json(songs, top), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def as_json(songs: Sequence[Heard], top: int | None) -> dict[str, Any]:
    """The result object of a song that came alone; of several, one each, or what was wrong with it."""
    if len(songs) == 1:
        return _prediction(songs[0].outcome, top)
    return {"results": [{"name": song.name, **_named_outcome(song.outcome, top)} for song in songs]}


def as_csv(songs: Sequence[Heard], top: int | None) -> Iterator[str]:
    """A line a row; where several songs were sent, each begins with the song's name, and those that failed have one."""
    outcomes = [(song.name, song.outcome) for song in songs]
    return csv_lines([(name, out.code if isinstance(out, Problem) else out) for name, out in outcomes], top)


class Lines:
    """NDJSON of one song: a line before its first row, one a row, one after the last. Each has the song's place."""

    def __init__(self, place: int, name: str, contract: Contract, top: int | None) -> None:
        self._of, self._name, self._contract, self._top = {"song": place}, name, contract, top
        self._n_rows = 0

    def begin(self) -> str:
        """Which song, network, genres and step the rows are of."""
        contract = self._contract
        model = {"name": contract.name, "version": contract.version}
        rule = contract.rows
        told = {"genres": contract.genres, "step_s": rule.step_s, **labelling(rule)}
        return self._line("song", name=self._name, model=model, **told)

    def rows(self, probabilities: Array) -> str:
        """The next rows [n, genres]; none is no line."""
        rows = np.round(probabilities, DIGITS)
        unsure = is_unsure(rows, self._contract.rows.bounds)
        lines = [self._row(row, bool(vague)) for row, vague in zip(rows, unsure, strict=True)]
        return "".join(lines)

    def end(self, analysis: Analysis) -> str:
        """The song as a whole."""
        whole = _prediction(analysis, self._top)
        return self._line("end", duration_s=whole["duration_s"], verdict=whole["verdict"])

    def problem(self, problem: Problem) -> str:
        """In place of all that would have come."""
        return self._line("problem", name=self._name, problem=problem_body(problem.code, problem.detail))

    def _row(self, row: Array, is_vague: bool) -> str:
        time_s = round(self._n_rows * self._contract.rows.step_s, DIGITS)
        self._n_rows += 1
        genres, top = self._contract.genres, self._top
        shares = {"top": likeliest(row, genres, top)} if top else {"probabilities": row.tolist()}
        return self._line("row", time_s=time_s, **shares, unsure=is_vague)

    def _line(self, kind: str, **content: Any) -> str:
        return json.dumps({"kind": kind, **self._of, **content}, ensure_ascii=False, separators=(",", ":")) + "\n"


def _named_outcome(outcome: Analysis | Problem, top: int | None) -> dict[str, Any]:
    if isinstance(outcome, Problem):
        return {"problem": problem_body(outcome.code, outcome.detail)}
    return {"prediction": _prediction(outcome, top)}


def _prediction(outcome: Analysis | Problem, top: int | None) -> dict[str, Any]:
    if isinstance(outcome, Problem):
        raise outcome
    return as_object(outcome, top)
