"""A song cut into chunks, as in most work on GTZAN: each one's verdict, and the commonest genre among them.

The mode is told next to the mean, which is the song's verdict: where they differ, a few chunks are surer than the many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from model.chunks import chunk_bounds
from model.contract import Contract
from model.features import Array
from model.song_stream import DIGITS, Analysis, verdict_object
from model.telling import claimed_genres, with_likeliest
from model.windows import verdict_genre


@dataclass(frozen=True)
class Chunk:
    """A part of the song, and its verdict [genres] as probabilities: the mean of its rows, as the song's is of all.

    Its first and last seconds are heard with the music around: it is no short song, whose verdict is less sure.
    """

    start_s: float
    end_s: float
    verdict: Array


@dataclass(frozen=True)
class Mode:
    """The genre that is likeliest in more chunks than any other, and in how many. Unsure ones count; of equals the one
    that is likelier on the whole is taken. Where several can be heard at once: the one that is heard in more of them.
    """

    genre: str
    n_chunks: int


def whole_rows_s(analysis: Analysis, chunk_s: float) -> float:
    """The length of as many rows as come nearest to it, one at least."""
    return _rows_a_chunk(analysis, chunk_s) * analysis.verdict_step_s


def _rows_a_chunk(analysis: Analysis, chunk_s: float) -> int:
    return max(1, int(chunk_s / analysis.verdict_step_s + 0.5))


def chunks_of(analysis: Analysis, chunk_s: float) -> list[Chunk]:
    """Of chunk_s each, in whole rows, as model.chunks cuts them."""
    rows, step_s = analysis.verdict_rows, analysis.verdict_step_s
    bounds = chunk_bounds(len(rows), _rows_a_chunk(analysis, chunk_s))
    if len(bounds) == 1:
        return [Chunk(0.0, analysis.duration_s, analysis.verdict)]
    return [
        Chunk(start * step_s, min(end * step_s, analysis.duration_s), rows[start:end].mean(axis=0))
        for start, end in bounds
    ]


def mode_of(chunks: Sequence[Chunk], analysis: Analysis) -> Mode:
    """Of the chunks' likeliest genres, or of those that are heard in them."""
    genres = analysis.contract.genres
    counts = Counter(genre for chunk in chunks for genre in _counted(chunk, analysis.contract))
    if not counts:  # nothing is heard in any
        return Mode(verdict_genre(analysis.verdict, genres), 0)
    genre = max(counts, key=lambda each: (counts[each], analysis.verdict[genres.index(each)]))
    return Mode(genre, counts[genre])


def _counted(chunk: Chunk, contract: Contract) -> list[str]:
    if contract.rows.is_multi_label:
        return claimed_genres(verdict_object(chunk.verdict, contract))
    return [verdict_genre(chunk.verdict, contract.genres)]


def chunks_object(analysis: Analysis, chunk_s: float, top: int | None) -> dict[str, Any]:
    """For JSON, beside the result object; with `top`, verdicts have their likeliest genres only, this many."""
    chunks, contract = chunks_of(analysis, chunk_s), analysis.contract
    mode = mode_of(chunks, analysis)
    told = [_told(chunk, contract, top) for chunk in chunks]
    return {
        "chunk_s": whole_rows_s(analysis, chunk_s),
        "chunks": told,
        "mode": {"genre": mode.genre, "n_chunks": mode.n_chunks},
    }


def _told(chunk: Chunk, contract: Contract, top: int | None) -> dict[str, Any]:
    verdict = with_likeliest(verdict_object(chunk.verdict, contract), top)
    return {"start_s": round(chunk.start_s, DIGITS), "end_s": round(chunk.end_s, DIGITS), "verdict": verdict}
