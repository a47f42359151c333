"""A folder of music, a subfolder a genre (or a part of the split, with a subfolder a genre), to a feature set; or an
archive of log-mels to one, or the audio of FMA with its tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from model.audio import AudioError, AudioLimits, open_audio
from model.contract import MINIMUM_DURATION_S
from model.features import Float32, LogMelStream, SignalChain
from model.music_files import files_below, fingerprint, first_reasons, printable
from training.ahead import ahead
from training.errors import TrainingError
from training.feature_set import (
    FeatureSet,
    FeatureSetWriter,
    Track,
    open_feature_set,
    read_archive,
    replacing_folder,
)
from training.fma import SHORTEST_CLIP_S, FmaOptions, read_fma
from training.genre_folders import genre_folders
from training.mel import slaney_mel_filters
from training.plots import draw_genres

# A day-long recording in a folder of songs is a mistake worth a line in the report.
LIMITS = AudioLimits(max_duration_s=3 * 3600.0, timeout_s=600.0)


@dataclass(frozen=True)
class Report:
    """What `prepare` did: songs used by genre, files left out with the reason, and songs that are one recording.

    `left_out`: by reason, what was not even opened. A song of several genres is counted with each of them.
    """

    used: dict[str, int]
    skipped: dict[str, str]
    recordings: list[list[str]]
    n_songs: int
    left_out: Mapping[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Song:
    name: str
    genre: str
    path: Path
    fingerprint: str
    split: str  # train, valid or test, where folders or tables say so
    genres: tuple[str, ...] = ()  # as of Track


def prepare(source: Path, destination: Path, fma: FmaOptions | None = None) -> Report:
    """Write the feature set of `source` (a folder or an .npz archive) to the folder `destination`.

    With `fma` the folder holds FMA's audio, and its songs have several genres.

    Files whose size and time have not changed since the last time are taken from the old set. Files that cannot
    be read are skipped and reported. Raises TrainingError when nothing usable is there.
    """
    if fma and source.is_dir():
        return _prepare_fma(source, destination, fma)
    if fma:
        raise TrainingError(f"{source} is no folder: with --fma, give the one that fma_small.zip unzips to")
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
    _check_apart(source, destination)
    songs = list(_find_songs(source))
    if len({song.genre for song in songs}) < 2:
        raise TrainingError(f"{source} must hold at least two subfolders with songs, each named after its genre")
    return _report(destination, _write_songs(songs, source, destination, MINIMUM_DURATION_S))


def _prepare_fma(source: Path, destination: Path, options: FmaOptions) -> Report:
    _check_apart(source, destination)
    listing = read_fma(source, options)
    songs = [
        _Song(track.name, track.genre, track.path, fingerprint(track.path), track.split, track.genres)
        for track in listing.tracks
    ]
    skipped = _write_songs(songs, source, destination, SHORTEST_CLIP_S)
    return _report(destination, skipped, listing.left_out)


def _check_apart(source: Path, destination: Path) -> None:
    here, there = source.resolve(), destination.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise TrainingError(f"the set {destination} and the music {source} must lie apart: choose another --set")


def _write_songs(songs: list[_Song], source: Path, destination: Path, shortest_s: float) -> dict[str, str]:
    """The files of `source` that could not be used, each with the reason."""
    chain = SignalChain()
    known = _known_songs(destination, chain)
    skipped: dict[str, str] = {}
    with replacing_folder(destination) as fresh:
        writer = FeatureSetWriter(fresh, chain)
        for song, log_mel in zip(songs, _log_mels(songs, known, chain, shortest_s), strict=True):
            if isinstance(log_mel, str):
                skipped[song.name] = log_mel
            else:
                writer.add(
                    song.name,
                    song.genre,
                    log_mel,
                    split=song.split,
                    fingerprint=song.fingerprint,
                    genres=song.genres,
                )
        writer.finish(skipped)
        if len(writer.genres) < 2:
            raise TrainingError(f"fewer than two genres of {source} hold a readable song: {first_reasons(skipped)}")
    return skipped


def _report(destination: Path, skipped: dict[str, str], left_out: Mapping[str, list[str]] | None = None) -> Report:
    songs = open_feature_set(destination)
    used = {genre: sum(genre in track.all_genres for track in songs.tracks) for genre in songs.genres}
    draw_genres(used, destination / "genres.png")
    recordings: dict[str, list[str]] = {}
    for track in songs.tracks:
        if track.recording:
            recordings.setdefault(track.recording, []).append(track.name)
    return Report(used, skipped, list(recordings.values()), len(songs.tracks), left_out or {})


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
    songs: list[_Song], known: dict[tuple[str, str], tuple[FeatureSet, Track]], chain: SignalChain, shortest_s: float
) -> Iterator[Float32 | str]:
    """For each song its log_mel [frames, n_mels], or why it has none."""
    mel_filters = slaney_mel_filters(chain)

    def log_mel_or_reason(song: _Song) -> Float32 | str:
        if found := known.get((song.name, song.fingerprint)):
            earlier, track = found
            # Another kind of set may have asked for less. Frames say a little less than the file's length: it decides.
            if chain.duration_s(track.n_frames) >= shortest_s:
                return earlier.log_mel_of(track)
        return decoded_log_mel(song.path, chain, mel_filters, shortest_s)

    yield from tqdm(ahead(log_mel_or_reason, songs), total=len(songs), unit=" songs", desc="prepare")


def decoded_log_mel(
    path: Path, chain: SignalChain, mel_filters: Float32, shortest_s: float, limits: AudioLimits = LIMITS
) -> Float32 | str:
    """A song's log_mel [frames, n_mels], or why it has none."""
    try:
        with open_audio(path, limits) as audio:
            stream = LogMelStream(chain, mel_filters, audio.sample_rate_hz)
            log_mel = stream.whole(audio)
    except (AudioError, OSError) as error:
        return str(error)
    if stream.duration_s < shortest_s or not len(log_mel):
        return f"only {stream.duration_s:.2f} s long"
    return log_mel
