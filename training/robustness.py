"""Does the network hear the same song when only its way to the listener was another?

Songs are decoded, perturbed and heard as `/predict` hears them, and held against how they were heard as they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import soundfile
from tqdm import tqdm

from model.audio import AudioError, AudioLimits
from model.cores import usable_cores
from model.features import Array
from model.music_files import first_reasons
from model.predictor import Predictor
from training.clips import Clip
from training.errors import TrainingError
from training.metrics import bootstrap_interval
from training.perturbations import PERTURBATIONS, Perturbation, decoded
from training.soundtools import Audio
from training.targets import check_taught

AS_IT_IS = Perturbation("as it is", "", lambda audio: audio)
LIMITS = AudioLimits(max_duration_s=600.0, timeout_s=600.0)  # a song is held in memory, and perturbed in float64


@dataclass(frozen=True)
class Heard:
    """One way of hearing a song: the number of the top genre of each second, int [seconds], and of the verdict.

    places_s [seconds]: where in the song, as it is, the middle of each second lies.
    """

    seconds: Array
    verdict: int
    places_s: Array


@dataclass(frozen=True)
class SongHeard:
    """A song's genre, and how it was heard as it is and perturbed, in the perturbations' order."""

    genre: int
    clean: Heard
    perturbed: tuple[Heard, ...]


def hear_all(
    clips: Sequence[Clip], predictor: Predictor, perturbations: Sequence[Perturbation] = PERTURBATIONS
) -> tuple[list[SongHeard], dict[str, str]]:
    """Every song in all ways, several at once, and the songs left out with the reason.

    Raises TrainingError for a genre that the network was not taught, and when no song is left.
    """
    _check(clips, predictor)

    def heard_or_reason(clip: Clip) -> SongHeard | str:
        try:
            return _hear(clip, predictor, perturbations)
        except (AudioError, OSError) as error:
            return str(error)

    with ThreadPoolExecutor(usable_cores()) as pool:
        answers = list(tqdm(pool.map(heard_or_reason, clips), total=len(clips), unit=" songs", desc="robustness"))
    skipped = {clip.name: told for clip, told in zip(clips, answers, strict=True) if isinstance(told, str)}
    heard = [answer for answer in answers if isinstance(answer, SongHeard)]
    if not heard:
        raise TrainingError(f"none of the {len(clips)} songs can be heard: {first_reasons(skipped)}")
    return heard, skipped


def _check(clips: Sequence[Clip], predictor: Predictor) -> None:
    check_taught((clip.genre for clip in clips), predictor.contract.genres)
    if "MP3" not in soundfile.available_formats():
        raise TrainingError("this machine's libsndfile cannot write MP3: install the package soundfile from PyPI")


def _hear(clip: Clip, predictor: Predictor, perturbations: Sequence[Perturbation]) -> SongHeard:
    song = decoded(clip.path, LIMITS)
    clean, *perturbed = (_heard(song, way, predictor) for way in (AS_IT_IS, *perturbations))
    return SongHeard(predictor.contract.genres.index(clip.genre), clean, tuple(perturbed))


def _heard(song: Audio, way: Perturbation, predictor: Predictor) -> Heard:
    """Without seconds that lie before the song."""
    audio = way.apply(song)
    analysis = predictor.analyse([audio.samples], audio.rate_hz)
    seconds = analysis.probabilities.argmax(axis=1)
    places_s = (np.arange(len(seconds)) + 0.5) * way.speed + way.starts_s
    return Heard(seconds[places_s > 0], int(analysis.verdict.argmax()), places_s[places_s > 0])


def seconds_changed(clean: Heard, perturbed: Heard) -> Array:
    """bool [seconds of the perturbed song]: is the top genre another than the clean song's at the same place?"""
    here = np.minimum(perturbed.places_s.astype(int), len(clean.seconds) - 1)
    return np.asarray(perturbed.seconds != clean.seconds[here])


def as_json(heard: Sequence[SongHeard], perturbations: Sequence[Perturbation] = PERTURBATIONS) -> dict[str, Any]:
    """The figures, unrounded. All are shares; those of seconds are means over songs of each song's share."""
    return {
        "n_clips": len(heard),
        "clean": _accuracy([(song.genre, song.clean) for song in heard]),
        "variants": [_variant(heard, number, way) for number, way in enumerate(perturbations)],
    }


def _variant(heard: Sequence[SongHeard], number: int, way: Perturbation) -> dict[str, Any]:
    pairs = [(song.clean, song.perturbed[number]) for song in heard]
    changed = [seconds_changed(clean, perturbed).mean() for clean, perturbed in pairs]
    return {
        "name": way.name,
        "how": way.how,
        **_accuracy([(song.genre, song.perturbed[number]) for song in heard]),
        "seconds_changed": float(np.mean(changed)),
        "verdicts_changed": float(np.mean([clean.verdict != perturbed.verdict for clean, perturbed in pairs])),
    }


def _accuracy(heard: Sequence[tuple[int, Heard]]) -> dict[str, Any]:
    right = np.array([answer.verdict == genre for genre, answer in heard])
    return {
        "clip_accuracy": float(right.mean()),
        "clip_accuracy_ci95": list(bootstrap_interval(right)),
        "second_accuracy": float(np.mean([(answer.seconds == genre).mean() for genre, answer in heard])),
    }


def as_lines(figures: dict[str, Any]) -> Iterator[str]:
    """A table for the terminal, a line a perturbation."""
    titles = f"{'95 % interval':>18}{'seconds':>10}{'s changed':>11}{'verdicts changed':>18}"
    yield f"{'':<20}{'songs':>7}{titles}"
    for row in ({"name": "as they are"} | figures["clean"], *figures["variants"]):
        low, high = row["clip_accuracy_ci95"]
        line = f"{row['name']:<20}{row['clip_accuracy']:>7.3f}{f'{low:.3f} to {high:.3f}':>18}"
        line += f"{row['second_accuracy']:>10.3f}"
        if "seconds_changed" in row:
            line += f"{row['seconds_changed']:>11.1%}{row['verdicts_changed']:>18.1%}"
        yield line
