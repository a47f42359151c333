"""PCM out of any file that ffmpeg reads, as a stream and in bounded memory.

A child process decodes the file while the caller works on what came out so far; decoders.py says which, and what it
may not do.

Conventions: samples are float32, full scale is 1.0 (codecs with floats may exceed it); blocks are
[n_samples, n_channels] at the file's own rate with all of its channels. Mono is made by the caller: ffmpeg's
own down-mix is 3 dB louder than the mean on correlated stereo. MP3 comes gapless: encoder delay and padding
are cut.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

import numpy as np

from model.decoders import Pcm, open_anew, start_ffmpeg, start_mp3_decoder, stream_kinds
from model.features import to_mono

SAMPLE_RATES_HZ = (1_000, 768_000)  # outside of these a header is wrong, and a resampling filter is huge

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


class TooLong(AudioError):
    """The file plays longer than allowed."""

    code = "too_long"


class TooShort(AudioError):
    """The file plays shorter than the network needs."""

    code = "too_short"


class DecodeTimeout(AudioError):
    """Decoding took longer than allowed."""

    code = "decode_timeout"


class AudioStream:
    """The decoded sound of one file; iterate it for its blocks, or `mono` for theirs, once. `open_audio` makes one.

    A truncated or partly damaged file yields what can be decoded and ends without an error.
    """

    sample_rate_hz: int
    channels: int

    def __init__(self, path: Path, *, max_duration_s: float | None, timeout_s: float | None) -> None:
        self._path = path
        self._max_duration_s = max_duration_s
        self._timeout_s = timeout_s
        self._timed_out = threading.Event()
        self._decoder = start_mp3_decoder(path) or start_ffmpeg(path)
        self._timer = threading.Timer(timeout_s or 0, self._expire)
        self._timer.daemon = True
        if timeout_s is not None:
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
        n_samples = 0
        for block in self._blocks():
            n_samples += len(block)
            if self._max_duration_s is not None and n_samples > self._max_duration_s * self.sample_rate_hz:
                raise TooLong(f"This plays longer than {_spoken(self._max_duration_s)}, the most we analyse.")
            yield block
        if n_samples == 0 or self._timed_out.is_set():
            raise self._error_at_end()

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
        if self._decoder.missed_something() and self._go_on_with_ffmpeg() == (self.channels, self.sample_rate_hz):
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
        lowest, highest = SAMPLE_RATES_HZ
        if not lowest <= self.sample_rate_hz <= highest:
            raise BrokenAudio(
                f"This file says that it has {self.sample_rate_hz} samples a second, "
                f"which is outside of {lowest} to {highest}: it is probably damaged."
            )

    def _go_on_with_ffmpeg(self) -> tuple[int, int] | None:
        """Starts over on the whole file; (channels, samples a second), or None when there is no sound."""
        self._decoder.close()
        self._decoder = start_ffmpeg(self._path)
        if self._timed_out.is_set():  # perhaps before this decoder was there to be killed
            self._decoder.kill()
        return self._decoder.read_header()

    def _error_at_end(self) -> AudioError:
        """Why no sound came, or no more."""
        decoder_said = self._decoder.last_words()
        if self._timed_out.is_set():
            return DecodeTimeout(f"Decoding this file took longer than {self._timeout_s:g} s and was stopped.")
        error = _why_silent(self._path)
        error.decoder_said = decoder_said
        return error

    def _expire(self) -> None:
        self._timed_out.set()
        self._decoder.kill()


def open_audio(path: Path, *, max_duration_s: float | None = None, timeout_s: float | None = None) -> AudioStream:
    """Starts decoding the first audio stream of a file and waits for its first sound.

    max_duration_s: the most sound to accept (None: any length); iterating past it raises TooLong.
    timeout_s: wall-clock time from here to the last block (None: no limit); then DecodeTimeout is raised.
    Raises NotAudio, BrokenAudio, DecodeTimeout; OSError if the file cannot be read. Close what it returns.
    """
    stream = AudioStream(path, max_duration_s=max_duration_s, timeout_s=timeout_s)
    try:
        stream._read_header()
    except BaseException:
        stream.close()
        raise
    return stream


def _why_silent(path: Path) -> AudioError:
    """Tells a file that is no audio from audio that is damaged, once decoding it gave nothing."""
    kinds = stream_kinds(path)
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
