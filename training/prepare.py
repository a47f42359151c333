"""A folder of music, a subfolder a genre (or a part of the split, with a subfolder a genre), to a feature set; or an
archive of log-mels to one.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from model.audio import AudioError, AudioLimits, open_audio
from model.contract import MINIMUM_DURATION_S
from model.cores import usable_cores
from model.features import Float32, LogMelStream, SignalChain
from model.music_files import files_below, fingerprint, first_reasons, printable
from training.errors import TrainingError
from training.feature_set import (
    FeatureSet,
    FeatureSetWriter,
    Track,
    open_feature_set,
    read_archive,
    replacing_folder,
)
from training.genre_folders import genre_folders
from training.mel import slaney_mel_filters
from training.plots import draw_genres

# A day-long recording in a folder of songs is a mistake worth a line in the report.
LIMITS = AudioLimits(max_duration_s=3 * 3600.0, timeout_s=600.0)


@dataclass(frozen=True)
class Report:
    """What `prepare` did: songs used by genre, files left out with the reason, and songs that are one recording."""

    used: dict[str, int]
    skipped: dict[str, str]
    recordings: list[list[str]]


@dataclass(frozen=True)
class _Song:
    name: str
    genre: str
    path: Path
    fingerprint: str
    split: str  # train, valid or test, where folders say so


def prepare(source: Path, destination: Path) -> Report:
    """Write the feature set of `source` (a folder or an .npz archive) to the folder `destination`.

    Files whose size and time have not changed since the last time are taken from the old set. Files that cannot
    be read are skipped and reported. Raises TrainingError when nothing usable is there.
    """
    if source.is_dir():
        return _prepare_folder(source, destination)
    if source.suffix == ".npz":
        return _prepare_archive(source, destination)
    raise TrainingError(f"{source} is neither a folder with one subfolder a genre nor an .npz archive of log-mels")


def _prepare_archive(source: Path, destination: Path) -> Report:
    songs = read_archive(source)
    with replacing_folder(destination) as fresh:
        writer = FeatureSetWriter(fresh, songs.chain)
        for track in songs.tracks:
            writer.add(track.name, track.genre, songs.log_mel_of(track), split=track.split)
        writer.finish({})
    return _report(destination, {})


def _prepare_folder(source: Path, destination: Path) -> Report:
    chain = SignalChain()
    here, there = source.resolve(), destination.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise TrainingError(f"the set {destination} and the music {source} must lie apart: choose another --set")
    songs = list(_find_songs(source))
    if len({song.genre for song in songs}) < 2:
        raise TrainingError(f"{source} must hold at least two subfolders with songs, each named after its genre")
    known = _known_songs(destination, chain)
    skipped: dict[str, str] = {}
    with replacing_folder(destination) as fresh:
        writer = FeatureSetWriter(fresh, chain)
        for song, log_mel in zip(songs, _log_mels(songs, known, chain), strict=True):
            if isinstance(log_mel, str):
                skipped[song.name] = log_mel
            else:
                writer.add(song.name, song.genre, log_mel, split=song.split, fingerprint=song.fingerprint)
        writer.finish(skipped)
        if len(writer.genres) < 2:
            raise TrainingError(f"fewer than two genres of {source} hold a readable song: {first_reasons(skipped)}")
    return _report(destination, skipped)


def _report(destination: Path, skipped: dict[str, str]) -> Report:
    songs = open_feature_set(destination)
    used = {genre: sum(track.genre == genre for track in songs.tracks) for genre in songs.genres}
    draw_genres(used, destination / "genres.png")
    recordings: dict[str, list[str]] = {}
    for track in songs.tracks:
        if track.recording:
            recordings.setdefault(track.recording, []).append(track.name)
    return Report(used, skipped, list(recordings.values()))


def _find_songs(source: Path) -> Iterator[_Song]:
    for genre, part in genre_folders(source):
        for path in files_below(genre):
            name = printable(path.relative_to(source).as_posix())
            yield _Song(name, printable(genre.name), path, fingerprint(path), part)


def _known_songs(destination: Path, chain: SignalChain) -> dict[tuple[str, str], tuple[FeatureSet, Track]]:
    """Songs of an earlier set made with the same chain, by name and fingerprint."""
    if not (destination / "tracks.json").is_file():
        return {}
    earlier = open_feature_set(destination)
    if earlier.chain != chain:
        return {}
    return {(track.name, track.fingerprint): (earlier, track) for track in earlier.tracks}


def _log_mels(
    songs: list[_Song], known: dict[tuple[str, str], tuple[FeatureSet, Track]], chain: SignalChain
) -> Iterator[Float32 | str]:
    """For each song its log_mel [frames, n_mels], or why it has none."""
    mel_filters = slaney_mel_filters(chain)

    def log_mel_or_reason(song: _Song) -> Float32 | str:
        if found := known.get((song.name, song.fingerprint)):
            earlier, track = found
            return earlier.log_mel_of(track)
        return _decode(song.path, chain, mel_filters)

    with ThreadPoolExecutor(usable_cores()) as pool:
        yield from tqdm(pool.map(log_mel_or_reason, songs), total=len(songs), unit=" songs", desc="prepare")


def _decode(path: Path, chain: SignalChain, mel_filters: Float32) -> Float32 | str:
    try:
        with open_audio(path, LIMITS) as audio:
            stream = LogMelStream(chain, mel_filters, audio.sample_rate_hz)
            log_mel = stream.whole(audio)
    except (AudioError, OSError) as error:
        return str(error)
    if stream.duration_s < MINIMUM_DURATION_S or not len(log_mel):
        return f"only {stream.duration_s:.2f} s long"
    return log_mel
