"""PCM out of any file that ffmpeg reads, as a stream and in bounded memory.

A child process decodes the file while the caller works on what came out so far; decoders.py says which, and what it
may not do.

Conventions: samples are float32, full scale is 1.0 (codecs with floats may exceed it); blocks are
[n_samples, n_channels] at the file's own rate with all of its channels. Mono is made by the caller: ffmpeg's
own down-mix is 3 dB louder than the mean on correlated stereo. MP3 comes gapless: encoder delay and padding
are cut.
"""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import numpy as np

from model.decoders import Pcm, ProcessBounds, open_anew, start_ffmpeg, start_mp3_decoder, stream_kinds
from model.features import to_mono

LOWEST_RATE_HZ = 1_000  # below it a header is wrong, and a resampling filter is huge

# First bytes of files that are audio even when they are too damaged to be opened: FLAC, Ogg, WAV and AVI,
# AIFF, CAF, WavPack, Monkey's Audio, MP4, Matroska, ASF.
SIGNATURE = re.compile(
    rb"fLaC|OggS|(RIFF|RF64)....(WAVE|AVI )|FORM....AIF[FC]|caff|wvpk|MAC |....ftyp|\x1aE\xdf\xa3|"
    rb"0&\xb2u\x8ef\xcf\x11",
    re.DOTALL,
)


class AudioError(Exception):
    """Something about a file that its owner should know; the message is written for them.

    `code` is stable: scripts compare it. `decoder_said` is the end of what ffmpeg reported, for the log.
    """

    code: ClassVar[str] = "audio_error"
    decoder_said: str = ""


class NotAudio(AudioError):
    """The file holds no sound in a format we can read."""

    code = "not_audio"


class BrokenAudio(AudioError):
    """The file is audio, but no sound can be decoded from it."""

    code = "broken_audio"


class UnsupportedAudio(AudioError):
    """The file's sound takes more than allowed: channels, samples a second, or memory to decode it."""

    code = "unsupported_audio"


class TooLong(AudioError):
    """The file plays longer than allowed."""

    code = "too_long"


class TooShort(AudioError):
    """The file plays shorter than the network needs."""

    code = "too_short"


class DecodeTimeout(AudioError):
    """Decoding took longer than allowed."""

    code = "decode_timeout"


@dataclass(frozen=True)
class AudioLimits:
    """What to accept of a file; None: anything.

    timeout_s: wall-clock time from the start to the last block, and time that its processes may have of one core.
    memory_mb: of each of them; held on Linux only.
    """

    max_duration_s: float | None = None
    max_sample_rate_hz: int = 768_000
    max_channels: int | None = None
    timeout_s: float | None = None
    memory_mb: float | None = None

    @property
    def bounds(self) -> ProcessBounds:
        """Of the decoding processes."""
        return ProcessBounds(
            memory_bytes=round(self.memory_mb * 1e6) if self.memory_mb else None,
            cpu_s=math.ceil(self.timeout_s) if self.timeout_s else None,
        )


NO_LIMITS = AudioLimits()
# More than music needs; what asks for yet more costs nobody but itself.
USUAL_LIMITS = AudioLimits(max_duration_s=90 * 60.0, max_channels=32, timeout_s=120.0, memory_mb=1024.0)


class AudioStream:
    """The decoded sound of one file; iterate it for its blocks, or `mono` for theirs, once. `open_audio` makes one.

    A truncated or partly damaged file yields what can be decoded and ends without an error.
    """

    sample_rate_hz: int
    channels: int

    def __init__(self, path: Path, limits: AudioLimits) -> None:
        self._path = path
        self._limits = limits
        self._timed_out = threading.Event()
        self._is_unwanted = threading.Event()
        self._decoder = start_mp3_decoder(path, limits.bounds) or start_ffmpeg(path, limits.bounds)
        self._timer = threading.Timer(limits.timeout_s or 0, self._expire)
        self._timer.daemon = True
        if limits.timeout_s is not None:
            self._timer.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[Pcm]:
        return map(np.copy, self._checked_blocks())

    def mono(self) -> Iterator[Pcm]:
        """The mean of the channels, [n_samples, 1] at a time, of which nothing else is copied."""
        return (np.array(to_mono(block))[:, np.newaxis] for block in self._checked_blocks())

    def _checked_blocks(self) -> Iterator[Pcm]:
        """What the decoder gives: a block may change once the next one is asked for. Raises at the end, or too late."""
        n_samples, most_s = 0, self._limits.max_duration_s
        for block in self._blocks():
            n_samples += len(block)
            if most_s is not None and n_samples > most_s * self.sample_rate_hz:
                raise TooLong(f"This plays longer than {_spoken(most_s)}, the most we analyse.")
            yield block
        if n_samples == 0 or self._was_stopped():
            raise self._error_at_end()

    def _was_stopped(self) -> bool:
        """Waits for the decoder's end. Whether it was ours, so that there may be more sound."""
        return self._timed_out.is_set() or self._decoder.ran_out_of_time()

    def end(self) -> None:
        """From any thread: nobody wants the rest. Whoever waits for it meets the end, or an error."""
        self._is_unwanted.set()
        self._decoder.kill()

    def close(self) -> None:
        """Ends the decoder, whether or not it is done. May be called twice."""
        self._timer.cancel()
        self._decoder.close()
        if self._timer.is_alive():
            self._timer.join()

    def _blocks(self) -> Iterator[Pcm]:
        n_samples = 0
        for block in self._decoder.blocks(self.channels):
            n_samples += len(block)
            yield block
        if self._decoder.missed_something():
            if self._go_on_with_ffmpeg() != (self.channels, self.sample_rate_hz):
                self._decoder.close()  # nobody reads it, so that it would never end by itself
                return
            for block in self._decoder.blocks(self.channels):
                known = min(n_samples, len(block))
                n_samples -= known
                if known < len(block):
                    yield block[known:]

    def _read_header(self) -> None:
        """Waits for the first decoded sound, and reads what the file is. Raises AudioError if none comes."""
        header = self._decoder.read_header()
        if header is None and self._decoder.missed_something():
            header = self._go_on_with_ffmpeg()
        if header is None:
            raise self._error_at_end()
        self.channels, self.sample_rate_hz = header
        self._check_header()

    def _check_header(self) -> None:
        most_channels, highest_hz = self._limits.max_channels, self._limits.max_sample_rate_hz
        if self.sample_rate_hz < LOWEST_RATE_HZ:
            raise BrokenAudio(
                f"This file says that it has {self.sample_rate_hz} samples a second, "
                f"which is below {LOWEST_RATE_HZ}: it is probably damaged."
            )
        if self.sample_rate_hz > highest_hz:
            raise UnsupportedAudio(
                f"This file says that it has {self.sample_rate_hz} samples a second; at most {highest_hz} are accepted."
            )
        if most_channels is not None and self.channels > most_channels:
            raise UnsupportedAudio(f"This file has {self.channels} channels; at most {most_channels} are accepted.")

    def _go_on_with_ffmpeg(self) -> tuple[int, int] | None:
        """Starts over on the whole file; (channels, samples a second), or None when there is no sound."""
        self._decoder.close()
        self._decoder = start_ffmpeg(self._path, self._limits.bounds)
        if self._timed_out.is_set() or self._is_unwanted.is_set():  # perhaps before this decoder could be killed
            self._decoder.kill()
        return self._decoder.read_header()

    def _error_at_end(self) -> AudioError:
        """Why no sound came, or no more."""
        decoder_said = self._decoder.last_words()
        if self._was_stopped() and self._limits.timeout_s:
            return DecodeTimeout(f"Decoding this file took longer than {self._limits.timeout_s:g} s and was stopped.")
        if self._limits.memory_mb and self._decoder.ran_out_of_memory():
            most = f"{self._limits.memory_mb:g} MB"
            return UnsupportedAudio(f"Decoding this file takes more than the {most} that it may have.")
        error = _why_silent(self._path, self._limits.bounds)
        error.decoder_said = decoder_said
        return error

    def _expire(self) -> None:
        self._timed_out.set()
        self._decoder.kill()


def open_audio(
    path: Path, limits: AudioLimits = NO_LIMITS, tell_end: Callable[[Callable[[], None]], None] = lambda _: None
) -> AudioStream:
    """Starts decoding the first audio stream of a file and waits for its first sound.

    tell_end: is told, before the wait, by what another thread may end it.
    Raises NotAudio, BrokenAudio, UnsupportedAudio, DecodeTimeout; OSError if the file cannot be read. Iterating what it
    returns may raise TooLong and DecodeTimeout, too. Close it.
    """
    stream = AudioStream(path, limits)
    tell_end(stream.end)
    try:
        stream._read_header()
    except BaseException:
        stream.close()
        raise
    return stream


def _why_silent(path: Path, bounds: ProcessBounds) -> AudioError:
    """Tells a file that is no audio from audio that is damaged, once decoding it gave nothing."""
    kinds = stream_kinds(path, bounds)
    if kinds is None:
        if path.stat().st_size == 0:
            return NotAudio("This file is empty.")
        if _has_audio_signature(path):
            return BrokenAudio("This audio file is damaged: its header cannot be read.")
        return NotAudio("This is not an audio file, or not in a format that can be read here.")
    if "audio" not in kinds:
        return NotAudio("This file has no sound track.")
    return BrokenAudio("This audio file is empty or damaged: no sound could be decoded from it.")


def _has_audio_signature(path: Path) -> bool:
    with open_anew(path) as file:
        return SIGNATURE.match(file.read(16)) is not None


def _spoken(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"
