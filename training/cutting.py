"""Excerpts cut from their songs, exactly to the frames that were heard, and what they have in common as log-mels."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from model.audio import AudioError, open_audio
from model.features import Array, Float32, LogMelStream, SignalChain
from model.network import DYNAMIC_RANGE_DB
from model.whole_files import stand_in
from training.ahead import ahead
from training.errors import TrainingError
from training.excerpts import Excerpt
from training.listening import LIMITS, Song
from training.watched import Watched

FADE_S = 0.002  # at both ends, so that a cut in a loud place does not click
SUFFIX = ".flac"


@dataclass(frozen=True)
class Cut:
    """From the song's sample `first` to before `end`, at its own rate, to a file."""

    first: int
    end: int
    file: Path


def file_of(excerpt: Excerpt) -> str:
    """Its path below the folder of all. Channels that heard the same frames of a song share the file."""
    first, last = excerpt.frames
    return f"audio/{excerpt.song:05d}/{first:06d}-{last:06d}{SUFFIX}"


def samples_of(frames: tuple[int, int], chain: SignalChain, rate_hz: int) -> tuple[int, int]:
    """What frames cover of a song of another rate: the first sample, and the one after the last."""
    first, end = frames[0] * chain.hop_length, frames[1] * chain.hop_length + chain.n_fft
    return round(first * rate_hz / chain.sample_rate_hz), round(end * rate_hz / chain.sample_rate_hz)


def pieces(blocks: Iterable[Float32], cuts: Sequence[Cut]) -> Iterator[tuple[Cut, Float32]]:
    """Each cut with its samples [n, channels], as soon as they are there: nothing is kept that no cut still needs."""
    waiting = deque(sorted(cuts, key=lambda cut: cut.end))
    needed_from = _earliest_of_rest(waiting)
    kept: deque[tuple[int, Float32]] = deque()  # blocks, each with the number of its first sample
    n_samples = 0
    for block in blocks:
        kept.append((n_samples, block))
        n_samples += len(block)
        while waiting and waiting[0].end <= n_samples:
            yield waiting[0], _between(kept, waiting.popleft())
            needed_from.popleft()
        while kept and (not waiting or kept[0][0] + len(kept[0][1]) <= needed_from[0]):
            kept.popleft()
    for cut in waiting:  # the song ends within their last frame, by the rounding of rates
        yield cut, _between(kept, cut)


def _earliest_of_rest(cuts: Iterable[Cut]) -> deque[int]:
    """For each cut the first sample that it or one after it begins with."""
    return deque(np.minimum.accumulate([cut.first for cut in cuts][::-1])[::-1].tolist())


def _between(kept: Iterable[tuple[int, Float32]], cut: Cut) -> Float32:
    parts = [block[max(cut.first - begin, 0) : max(cut.end - begin, 0)] for begin, block in kept]
    return np.concatenate(parts)


def write_piece(samples: Float32, rate_hz: int, file: Path) -> None:
    """FLAC of 16 bits, faded in and out. A file that is there already is whole, and stays.

    The disk is not waited for, as stand_in does: that takes minutes for thousands of files. Raises TrainingError when
    there is no room for it.
    """
    if file.exists():
        return
    n_fade = min(round(FADE_S * rate_hz), len(samples) // 2)
    ramp = (np.arange(n_fade, dtype=np.float32) + 1) / (n_fade + 1)
    faded = samples.copy()
    faded[:n_fade] *= ramp[:, np.newaxis]
    faded[len(faded) - n_fade :] *= ramp[::-1, np.newaxis]
    fresh = file.with_name(f".{file.name}")
    try:
        soundfile.write(fresh, faded, rate_hz, format="FLAC", subtype="PCM_16")
        fresh.replace(file)
    except (OSError, soundfile.SoundFileError) as error:
        raise TrainingError(f"{file} cannot be written: {error}") from error


class MeanLogMels:
    """For each channel the mean of what its excerpts are, as the network hears them.

    0 to 255 are the DYNAMIC_RANGE_DB up to the loudest cell of the window. A layer's are [channels, frames, bands],
    both axes the whole field, the frames from its first; the bands, too, or else all of the input's, where a field may
    have them all. What lies beyond a song's or a window's ends is in no mean, and 0 where it is in all.
    """

    def __init__(self, convolutions: Sequence[Watched], n_mels: int) -> None:
        self._convolutions, self._n_mels = convolutions, n_mels
        shapes = [(each.n_channels, each.field.frames.size, self._n_bands(each)) for each in convolutions]
        self._sums = [np.zeros(shape, np.uint16) for shape in shapes]
        self._counts = [np.zeros(shape, np.uint8) for shape in shapes]

    def _n_bands(self, each: Watched) -> int:
        return self._n_mels if self.has_all_bands(each) else each.field.bands.size if each.field.bands else 0

    def has_all_bands(self, each: Watched) -> bool:
        """Whether a layer's bands are the input's, and not counted from the field's first."""
        field = each.field
        return field.bands is None or field.mixed_by is not None or field.bands.size >= self._n_mels

    def add(self, excerpt: Excerpt, log_mel: Float32) -> None:
        """log_mel [frames, n_mels] of its whole song."""
        each = self._convolutions[excerpt.layer]
        (first, last), (low, high) = excerpt.frames, excerpt.bands
        level = (log_mel[first : last + 1, low : high + 1] - excerpt.peak_db) / DYNAMIC_RANGE_DB + 1
        time, place = excerpt.place
        begin = first - (excerpt.window_start + each.field.frames.at(time)[0])
        lowest = low
        if each.field.bands is not None and not self.has_all_bands(each):
            lowest = low - each.field.bands.at(place)[0]
        heard = np.s_[excerpt.channel, begin : begin + len(level), lowest : lowest + level.shape[1]]
        self._sums[excerpt.layer][heard] += np.round(255 * np.clip(level, 0, 1)).astype(np.uint16)
        self._counts[excerpt.layer][heard] += 1

    def write(self, path: Path) -> None:
        """uint8, an array a layer, by its name."""
        means = {
            each.name: np.round(sums / np.maximum(counts, 1)).astype(np.uint8)
            for each, sums, counts in zip(self._convolutions, self._sums, self._counts, strict=True)
        }
        with stand_in(path) as fresh, fresh.open("wb") as file:
            np.savez_compressed(file, **means)


def cut_songs(
    songs: Sequence[Song], files: Sequence[Mapping[tuple[int, int], Path]], chain: SignalChain, mel_filters: Array
) -> Iterator[Float32]:
    """Write each song's excerpts, the file of each by its frames, and give its log_mel, in order; several at once.

    Raises TrainingError for a song that can no longer be read.
    """

    def cut(number: int) -> Float32:
        song = songs[number]
        try:
            with open_audio(song.path, LIMITS) as audio:
                stream = LogMelStream(chain, mel_filters, audio.sample_rate_hz)
                log_mel: list[Float32] = []
                cuts = [
                    Cut(*samples_of(frames, chain, audio.sample_rate_hz), file)
                    for frames, file in files[number].items()
                ]
                for cut, samples in pieces(_heard_by(stream, audio, log_mel), cuts):
                    write_piece(samples, audio.sample_rate_hz, cut.file)
        except (AudioError, OSError) as error:
            raise TrainingError(f"{song.name} was heard, and can no longer be read: {error}") from error
        return np.concatenate([*log_mel, stream.finish()])

    return ahead(cut, range(len(songs)))


def _heard_by(stream: LogMelStream, blocks: Iterable[Float32], log_mel: list[Float32]) -> Iterator[Float32]:
    for block in blocks:
        log_mel.append(stream.push(block))
        yield block
