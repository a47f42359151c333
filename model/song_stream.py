"""One song on its way: its sound to windows, and their logits to rows as they come and, in the end, to its verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from model.audio import TooShort
from model.contract import Contract, RowRule
from model.features import Array, Float32, LogMelStream
from model.windows import (
    RowStream,
    StepJoiner,
    WindowCutter,
    is_heard,
    is_unsure,
    row_probabilities,
    verdict_genre,
    verdict_of,
    verdict_rows,
)

DIGITS = 6  # of the numbers that are told


@dataclass(frozen=True)
class Analysis:
    """One song: its rows [rows, genres] and its verdict [genres], as probabilities. contract: with its rows' step_s.

    verdict_rows [rows, genres], one every verdict_step_s: what the verdict is made of.
    """

    contract: Contract
    duration_s: float
    probabilities: Array
    verdict_rows: Array
    verdict_step_s: float

    @property
    def verdict(self) -> Array:
        return verdict_of(self.verdict_rows, self.verdict_step_s, self.contract.rows)

    def to_json(self) -> dict[str, Any]:
        """The result object that the page's event and /predict share.

        Unsure is what is so by its rounded numbers; the genre is found before: rounding makes equals of neighbours.
        """
        contract, rule = self.contract, self.contract.rows
        rows = np.round(self.probabilities, DIGITS)
        return {
            "model": {"name": contract.name, "version": contract.version},
            "genres": list(contract.genres),
            "duration_s": round(self.duration_s, DIGITS),
            "step_s": rule.step_s,
            **labelling(rule),
            "probabilities": rows.tolist(),
            "unsure": is_unsure(rows, rule.bounds).tolist(),
            "verdict": verdict_object(self.verdict, contract),
        }


def labelling(rule: RowRule) -> dict[str, Any]:
    """What a result says of the way it is to be read: nothing where a song is of one genre."""
    return {"multi_label": True, "thresholds": list(rule.thresholds)} if rule.is_multi_label else {}


def verdict_object(verdict: Array, contract: Contract) -> dict[str, Any]:
    """Probabilities [genres] of a song, or of a part of one, as they are told.

    Where several genres can be heard at once, `genres` are those that are, likeliest first, and `genre` is the first.
    """
    told, genres, rule = np.round(verdict, DIGITS), contract.genres, contract.rows
    probabilities = dict(zip(genres, told.tolist(), strict=True))
    heard = is_heard(told, rule.verdict_bounds)
    several = [genres[genre] for genre in np.argsort(-verdict, kind="stable") if heard[genre]]
    genre = several[0] if several else verdict_genre(verdict, genres)
    return {
        "genre": genre,
        "confidence": probabilities[genre],
        "unsure": not heard.any(),
        **({"genres": several} if rule.is_multi_label else {}),
        "probabilities": probabilities,
    }


def check_length(duration_s: float, n_frames: int, contract: Contract) -> None:
    """Raises TooShort where the network has too little to hear."""
    minimum_s = contract.minimum_duration_s
    if duration_s < minimum_s or not n_frames:
        raise TooShort(f"The audio is {duration_s:.2f} s long; at least {minimum_s:g} s are needed.")


class SongStream:
    """Ask for `windows` of the song's blocks, give the logits of each to `hear`, in order, and `finish`."""

    def __init__(
        self, contract: Contract, mel_filters: Float32, sample_rate_hz: int, step_s: float | None = None
    ) -> None:
        """step_s: from one row to the next, instead of the contract's; the verdict is the same at any."""
        self.contract, self._verdict_rule = contract.at_step(step_s), contract.rows
        chain, layout = contract.chain, contract.windows
        self._sound = LogMelStream(chain, mel_filters, sample_rate_hz)
        self._cutter = WindowCutter(layout)
        self._joiner = StepJoiner(layout)
        self._rows = RowStream(chain, layout, self.contract.rows)
        self._verdict_rows = RowStream(chain, layout, contract.rows)
        self._for_verdict: list[Float32] = []
        self._n_regular = self._n_heard = 0  # windows
        self._has_rest = False  # after the regular ones there is one that ends with the song

    def windows(self, blocks: Iterable[Float32]) -> Iterator[Float32]:
        """The song's windows, while it is still being decoded. Raises TooShort at its end."""
        for block in blocks:
            yield from self._regular(self._sound.push(block))
        yield from self._regular(self._sound.finish())
        check_length(self._sound.duration_s, self._cutter.n_frames, self.contract)
        rest = self._cutter.finish()
        self._has_rest = bool(rest)
        yield from rest

    def _regular(self, log_mel: Float32) -> list[Float32]:
        windows = self._cutter.push(log_mel)
        self._n_regular += len(windows)
        return windows

    def hear(self, logits: Float32) -> Array:
        """The next window's logits [window_steps, genres] to the rows [n, genres] that are now certain."""
        is_rest = self._has_rest and self._n_heard == self._n_regular
        self._n_heard += 1
        return self._of_steps(self._joiner.take_rest(logits) if is_rest else self._joiner.push(logits))

    def finish(self) -> Array:
        """The rows that are left."""
        steps = self._joiner.finish(self._cutter.n_frames)
        rows = [self._of_steps(steps), self._probabilities(self._rows.finish(self._sound.duration_s))]
        self._for_verdict.append(self._verdict_rows.finish(self._sound.duration_s))
        return np.concatenate(rows)

    def analysis(self, rows: Array) -> Analysis:
        """Of the finished song; rows are all of its own."""
        rule = self._verdict_rule
        of_verdict = verdict_rows(np.concatenate(self._for_verdict), rule)
        return Analysis(self.contract, self._sound.duration_s, rows, of_verdict, rule.step_s)

    def _of_steps(self, step_logits: Float32) -> Array:
        self._for_verdict.append(self._verdict_rows.push(step_logits))
        return self._probabilities(self._rows.push(step_logits))

    def _probabilities(self, row_logits: Float32) -> Array:
        return row_probabilities(row_logits, self.contract.rows)
