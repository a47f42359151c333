"""What is measured of each song: its verdict and flicker, the medley's changes, other formats and levels."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.listening.catalogue import Song
from tests.listening.changes import medley_report
from tests.listening.heard import Heard
from tests.listening.listener import Listener, NotHeard
from tests.listening.steadiness import flicker, n_compared, share_changed
from tests.listening.variants import FORMATS, LEVELS, Variant, write_reference

Entry = dict[str, Any]


def heard_songs(listener: Listener, songs: Sequence[Song]) -> Iterator[Entry]:
    """An entry a song, as soon as it is heard; of one that is not, its name and the `error`."""
    for song in songs:
        try:
            yield song_entry(song, listener.hear(song.path))
        except NotHeard as error:
            yield {"song": song.name, "error": str(error)}


def song_entry(song: Song, heard: Heard) -> Entry:
    """A song's figures. `note` is the list's word on its genre where that is none of the taught ones."""
    expected = song.expected(heard.genres)
    return {
        "song": song.name,
        "duration_s": heard.duration_s,
        "expected": expected,
        "note": song.note if expected is None else "",
        "verdict": heard.verdict,
        "confidence": heard.confidence,
        "unsure": heard.is_unsure,
        "flicker": flicker(heard.tops),
        "flicker_sure": flicker(heard.tops, heard.unsure),
        "seconds_unsure": float(heard.unsure.mean()),
        "model": dict(heard.model),
    }


def heard_medley(listener: Listener, medley: Path) -> Entry:
    """The medley's changes, and its flicker, to which they add."""
    description = json.loads(medley.with_suffix(".json").read_text(encoding="utf-8"))
    try:
        heard = listener.hear(medley)
    except NotHeard as error:
        return {"song": description["title"], "error": str(error), "changes": []}
    return {**medley_report(heard, description), "flicker": flicker(heard.tops)}


def to_convert(songs: Sequence[Song], entries: Sequence[Entry]) -> list[Song]:
    """The songs that are heard in other forms: lossless ones and those of a known genre, else the longest one."""
    heard = [(song, entry) for song, entry in zip(songs, entries, strict=True) if "error" not in entry]
    chosen = [song for song, entry in heard if song.lossless or entry["expected"]]
    by_length = sorted(heard, key=lambda pair: pair[1]["duration_s"])
    return chosen or [song for song, _ in by_length[-1:]]


def converted(listener: Listener, song: Song) -> Iterator[Entry]:
    """An entry for each format and level of a song, beside the same song as float WAV; or the `error`."""
    source = song.lossless or song.path
    with tempfile.TemporaryDirectory() as folder:
        try:
            reference = write_reference(source, Path(folder))
            original = listener.hear(reference)
        except (NotHeard, subprocess.SubprocessError) as error:
            yield {"song": source.name, "name": "float WAV", "error": _reason(error)}
            return
        for variant in (*FORMATS, *LEVELS):
            entry = {"song": source.name, "name": variant.name, "from_lossless": song.lossless is not None}
            try:
                yield entry | changed(original, listener.hear(variant.write(reference, Path(folder))))
            except (NotHeard, subprocess.SubprocessError) as error:
                yield {**entry, "error": _reason(error)}


def changed(original: Heard, heard: Heard) -> Entry:
    """How a variant of a song differs from its reference."""
    return {
        "verdict": heard.verdict,
        "confidence": heard.confidence,
        "is_verdict_changed": heard.verdict != original.verdict,
        "n_seconds": n_compared(original.tops, heard.tops),
        "seconds_changed": share_changed(original.tops, heard.tops),
    }


def _reason(error: Exception) -> str:
    """Without the command's paths, which are of no use to others."""
    return str(error) if isinstance(error, NotHeard) else "ffmpeg could not make it."


def by_variant(entries: Sequence[Entry], variants: Sequence[Variant]) -> list[Entry]:
    """All songs of each variant together: the share of all their seconds, and the number of verdicts, that change."""
    summaries = []
    for variant in variants:
        its = [entry for entry in entries if entry["name"] == variant.name and "error" not in entry]
        n_seconds = sum(entry["n_seconds"] for entry in its)
        n_changed = sum(entry["n_seconds"] * entry["seconds_changed"] for entry in its)
        summaries.append({
            "name": variant.name,
            "n_songs": len(its),
            "n_seconds": n_seconds,
            "seconds_changed": n_changed / n_seconds if n_seconds else None,
            "verdicts_changed": sum(entry["is_verdict_changed"] for entry in its),
            "songs": its,
        })  # fmt: skip
    return summaries


def verdicts(entries: Sequence[Entry]) -> Entry:
    """How many songs of a known genre are given it; of all of them, and of those whose verdict is not unsure."""
    known = [entry for entry in entries if entry["expected"] is not None]
    sure = [entry for entry in known if not entry["unsure"]]
    return {"n": len(known), "accuracy": _right(known), "n_sure": len(sure), "accuracy_sure": _right(sure)}


def _right(entries: Sequence[Entry]) -> float | None:
    return mean([entry["verdict"] == entry["expected"] for entry in entries])


def mean(values: Sequence[float | None]) -> float | None:
    """Of those that there are; None of none."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def evidence(entries: Sequence[Entry], medley: Mapping[str, Any], conversions: Sequence[Entry]) -> Entry:
    """All that goes into songs.json. Songs that failed stand apart, and count nowhere else."""
    songs = [entry for entry in entries if "error" not in entry]
    return {
        "model": songs[0]["model"] if songs else None,
        "songs": [{key: value for key, value in entry.items() if key != "model"} for entry in songs],
        "failed": [entry for entry in (*entries, medley, *conversions) if "error" in entry],
        "flicker": mean([entry["flicker"] for entry in songs]),
        "flicker_sure": mean([entry["flicker_sure"] for entry in songs]),
        "verdicts": verdicts(songs),
        "medley": dict(medley),
        "formats": by_variant(conversions, FORMATS),
        "levels": by_variant(conversions, LEVELS),
    }
