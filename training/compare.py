"""Do audio and archive say the same? The two routes to the network's input, held against each other.

An archive's columns were taken from centred frames, 512 samples apart; the chain's frames lie elsewhere. So the
features are compared at the archive's own instants, and the genres as each route gives them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from model.audio import open_audio
from model.features import Array, Float32, LogMelStream, Resampler, log_mel_of_frames, to_mono
from model.predictor import Predictor
from model.windows import softmax, verdict_probabilities
from training.errors import TrainingError
from training.feature_set import ARCHIVE_RANGE_DB, FeatureSet, Track, read_archive
from training.metrics import bootstrap_interval
from training.score import rows_of

ARCHIVE_HOP = 512
ARCHIVE_STEP_DB = ARCHIVE_RANGE_DB / 255


@dataclass(frozen=True)
class Comparison:
    """One clip by both routes."""

    name: str
    audio_format: str
    median_error_db: float
    mean_error_db: float
    same_verdict: bool
    right_from_archive: bool
    right_from_audio: bool
    rows_with_same_genre: float
    mean_probability_difference: float


def compare_routes(
    archive: Path, folder: Path, predictor: Predictor, names: Set[str] | None = None
) -> list[Comparison]:
    """Every clip of the archive, or of these names, that lies in the folder as audio, GENRE/NAME.*.

    Raises TrainingError when there is none.
    """
    songs = read_archive(archive)
    columns = _frame_of_column(archive)
    found = [
        _compare(songs, track, path, columns, predictor)
        for track in songs.tracks
        if names is None or track.name in names
        for path in sorted((folder / track.genre).glob(f"{track.name}.*"))
    ]
    if not found:
        raise TrainingError(f"{folder} holds no clip of {archive.name} as GENRE/NAME.*")
    return found


def _frame_of_column(archive: Path) -> Array:
    with np.load(archive, allow_pickle=False) as data:
        if "frame_of_column" not in data.files:
            raise TrainingError(f"{archive} does not say which frames its columns are (frame_of_column)")
        return np.asarray(data["frame_of_column"])


def _compare(songs: FeatureSet, track: Track, path: Path, columns: Array, predictor: Predictor) -> Comparison:
    contract = predictor.contract
    chain, mel_filters = contract.chain, contract.mel_filters()
    with open_audio(path) as audio:
        blocks = list(audio)
        resampler = Resampler(audio.sample_rate_hz, chain.sample_rate_hz, chain.resampler)
        samples = np.concatenate([*(resampler.push(to_mono(block)) for block in blocks), resampler.finish()])
        heard = LogMelStream(chain, mel_filters, audio.sample_rate_hz).whole(blocks)

    centred = np.pad(samples, chain.n_fft // 2)
    frames = np.lib.stride_tricks.sliding_window_view(centred, chain.n_fft)[::ARCHIVE_HOP]
    level_db = log_mel_of_frames(frames, mel_filters, chain)
    relative_db = np.maximum(level_db - level_db.max(), -ARCHIVE_RANGE_DB)
    here = columns[columns < len(relative_db)]
    error_db = np.abs(relative_db[here] - songs.log_mel_of(track)[: len(here)])

    from_audio = _rows(heard, predictor)
    from_archive = _rows(songs.log_mel_of(track), predictor)
    n = min(len(from_audio), len(from_archive))
    rule = contract.rows
    p_audio, p_archive = (softmax(rows[:n], rule.temperature) for rows in (from_audio, from_archive))
    verdicts = [contract.genres[verdict_probabilities(rows, rule).argmax()] for rows in (from_audio, from_archive)]
    return Comparison(
        name=track.name,
        audio_format=path.suffix[1:],
        median_error_db=float(np.median(error_db)),
        mean_error_db=float(error_db.mean()),
        same_verdict=verdicts[0] == verdicts[1],
        right_from_archive=verdicts[1] == track.genre,
        right_from_audio=verdicts[0] == track.genre,
        rows_with_same_genre=float((p_audio.argmax(axis=1) == p_archive.argmax(axis=1)).mean()),
        mean_probability_difference=float(np.abs(p_audio - p_archive).mean()),
    )


def _rows(log_mel: Float32, predictor: Predictor) -> Float32:
    contract = predictor.contract
    return rows_of(log_mel, contract.chain, predictor.window_logits, contract.windows, contract.rows)


def figures_by_route(found: Sequence[Comparison]) -> dict[str, Any]:
    """How many verdicts each route gives rightly, and how often both give the same; the interval of the difference of
    the two shares, audio less archive, is a bootstrap over clips.
    """
    audio, archive = (
        np.array([getattr(clip, right) for clip in found], float)
        for right in ("right_from_audio", "right_from_archive")
    )
    return {
        "n_clips": len(found),
        "clip_accuracy_from_archive": float(archive.mean()),
        "clip_accuracy_from_audio": float(audio.mean()),
        "difference_ci95": list(bootstrap_interval(audio - archive)),
        "same_verdict": float(np.mean([clip.same_verdict for clip in found])),
        "seconds_with_same_genre": float(np.mean([clip.rows_with_same_genre for clip in found])),
    }


def comparison_table(found: list[Comparison]) -> Iterator[str]:
    """A line per audio format, each figure over its clips."""
    yield f"an archive's 8-bit step is {ARCHIVE_STEP_DB:.2f} dB"
    titles = f"{'median |dB|':>13}{'mean |dB|':>11}{'same verdict':>14}{'same second':>13}{'|dp|':>8}"
    yield f"{'format':<8}{'clips':>6}{titles}"
    for audio_format in sorted({clip.audio_format for clip in found}):
        clips = [clip for clip in found if clip.audio_format == audio_format]
        yield (
            f"{audio_format:<8}{len(clips):>6}"
            f"{np.median([clip.median_error_db for clip in clips]):>13.3f}"
            f"{np.mean([clip.mean_error_db for clip in clips]):>11.3f}"
            f"{np.mean([clip.same_verdict for clip in clips]):>14.3f}"
            f"{np.mean([clip.rows_with_same_genre for clip in clips]):>13.3f}"
            f"{np.mean([clip.mean_probability_difference for clip in clips]):>8.4f}"
        )
