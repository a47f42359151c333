"""How songs and numbers are told to people in a terminal."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from genrescope.chunks import chunks_of, mode_of, whole_rows_s
from genrescope.sections import Section, sections_of
from genrescope.sections_of_several import sections_of_several
from model.music_files import printable
from model.song_stream import Analysis, verdict_object
from model.telling import claimed_genres

# Control characters, and those that turn the direction of writing: a file's name must not steer the terminal.
STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
N_GENRES = 3
MOST_HEARD = 4


def shown(name: str) -> str:
    """A file's name, with all that does not print spelled out."""
    return STEERING.sub(lambda match: match.group().encode("unicode_escape").decode(), printable(name))


def clock(seconds: float) -> str:
    """Minutes and seconds, as players show them: whole ones that have passed."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def verdict_words(verdict: Mapping[str, Any]) -> str:
    """Genre and confidence, of all genres that are heard where several can be; where that claims nothing, so."""
    genres, probabilities = claimed_genres(verdict) or [verdict["genre"]], verdict["probabilities"]
    claimed = ", ".join(f"{genre} {_percent(probabilities[genre])}" for genre in genres[:MOST_HEARD])
    claimed += f" and {len(genres) - MOST_HEARD} more" if len(genres) > MOST_HEARD else ""
    return f"unsure (perhaps {claimed})" if verdict["unsure"] else claimed


def song_words(name: str, analysis: Analysis, top: int | None) -> str:
    """A song's verdict, its likeliest genres, and its sections from start to end."""
    whole = analysis.to_json()
    shares = sorted(whole["verdict"]["probabilities"].items(), key=lambda pair: -pair[1])[: top or N_GENRES]
    lines = [f"{shown(name)}  {clock(whole['duration_s'])}  {verdict_words(whole['verdict'])}"]
    lines.append("  " + ", ".join(f"{genre} {_percent(share)}" for genre, share in shares))
    sections = sections_of_several(whole) if "thresholds" in whole else sections_of(whole)
    lines += [f"  {clock(section.start_s):>7}  {section_words(section)}" for section in sections]
    return "\n".join(lines)


def section_words(section: Section) -> str:
    """As on the page: "jazz and blues, with elements of rock"."""
    if not section.genres:
        return "unsure"
    return _list(section.genres) + (f", with elements of {_list(section.elements)}" if section.elements else "")


def _list(names: Sequence[str]) -> str:
    return " and ".join([*([", ".join(names[:-1])] if names[1:] else []), names[-1]])


def chunks_words(analysis: Analysis, chunk_s: float) -> str:
    """Each chunk's verdict from start to end; then what most of them have, and the mean of all."""
    chunks, contract = chunks_of(analysis, chunk_s), analysis.contract
    mode = mode_of(chunks, analysis)
    lines = [f"  chunks of {whole_rows_s(analysis, chunk_s):g} s"]
    lines += [
        f"  {clock(chunk.start_s):>7}  {verdict_words(verdict_object(chunk.verdict, contract))}" for chunk in chunks
    ]
    mean = verdict_words(verdict_object(analysis.verdict, contract))
    lines.append(f"  mode: {mode.genre}, {mode.n_chunks} of {len(chunks)} chunks; mean: {mean}")
    return "\n".join(lines)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
