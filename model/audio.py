"""PCM out of any file that ffmpeg reads, as a stream and in bounded memory.

One ffmpeg child process decodes the file while the caller works on what came out so far. It is handed an
open file, never a name, so no name can be mistaken for an option, a protocol or a pattern; it may use no
other protocol than that file and no demuxer that fetches other files (playlists, concatenation scripts). It
writes a WAV stream, whose header says the rate and the number of channels.

Conventions: samples are float32, full scale is 1.0 (codecs with floats may exceed it); blocks are
[n_samples, n_channels] at the file's own rate with all of its channels. Mono is made by the caller: ffmpeg's
own down-mix is 3 dB louder than the mean on correlated stereo. MP3 comes gapless: encoder delay and padding
are cut.
"""

from __future__ import annotations

import re
import struct
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar, Self, cast

import numpy as np
import numpy.typing as npt

BLOCK_VALUES = 2**18  # per block, over all channels: 1 MiB of float32, 3 s of 44.1-kHz stereo
PIPE_BYTES = 2**20  # what an unprivileged pipe may hold on Linux: lets ffmpeg run ahead of the caller
STDERR_TAIL_BYTES = 2000
PROBE_TIMEOUT_S = 20.0
SAMPLE_RATES_HZ = (1_000, 768_000)  # outside of these a header is wrong, and a resampling filter is huge

# Demuxers of single-file audio and video. Left out on purpose: whatever opens further files or devices (hls,
# concat, dash, sdp, image2, lavfi), and headerless PCM, which would make music out of any bytes.
DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,gsm,loas,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,"
    "oma,ogg,rm,shn,sox,tak,tta,voc,w64,wav,wsd,wv,xwma"
)

# First bytes of files that are audio even when they are too damaged to be opened: FLAC, Ogg, WAV and AVI,
# AIFF, CAF, WavPack, Monkey's Audio, MP4, Matroska, ASF.
SIGNATURE = re.compile(
    rb"fLaC|OggS|(RIFF|RF64)....(WAVE|AVI )|FORM....AIF[FC]|caff|wvpk|MAC |....ftyp|\x1aE\xdf\xa3|"
    rb"0&\xb2u\x8ef\xcf\x11",
    re.DOTALL,
)

Pcm = npt.NDArray[np.float32]


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
    """The decoded sound of one file; iterate it for its blocks, once. Use `open_audio` to get one.

    A truncated or partly damaged file yields what can be decoded and ends without an error.
    """

    sample_rate_hz: int
    channels: int

    def __init__(self, path: Path, *, max_duration_s: float | None, timeout_s: float | None) -> None:
        self._path = path
        self._max_duration_s = max_duration_s
        self._timeout_s = timeout_s
        self._timed_out = threading.Event()
        self._stderr_tail = b""
        self._process = _start_ffmpeg(path)
        self._stdout = cast(IO[bytes], self._process.stdout)
        self._stderr_thread = threading.Thread(target=self._drain_stderr, daemon=True)
        self._stderr_thread.start()
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
        n_samples = 0
        for block in self._blocks():
            n_samples += len(block)
            if self._max_duration_s is not None and n_samples > self._max_duration_s * self.sample_rate_hz:
                raise TooLong(f"This plays longer than {_spoken(self._max_duration_s)}, the most we analyse.")
            yield block
        self._finish(n_samples)

    def close(self) -> None:
        """Ends the decoder, whether or not it is done. May be called twice."""
        self._timer.cancel()
        self._process.kill()
        self._process.wait()
        for thread in (self._stderr_thread, self._timer):
            if thread.is_alive():
                thread.join()
        self._stdout.close()

    def _blocks(self) -> Iterator[Pcm]:
        frame_bytes = 4 * self.channels
        block_bytes = max(1, BLOCK_VALUES // self.channels) * frame_bytes
        while data := self._stdout.read(block_bytes):
            whole = len(data) - len(data) % frame_bytes  # a killed decoder may stop inside a sample
            block = np.frombuffer(data[:whole], "<f4").reshape(-1, self.channels)
            yield block if np.isfinite(block.sum()) else np.nan_to_num(block, posinf=0, neginf=0)

    def _read_header(self) -> None:
        """Waits for the first decoded sound, and reads what the file is. Raises AudioError if none comes."""
        try:
            self.channels, self.sample_rate_hz = _read_wav_header(self._stdout)
        except EOFError:
            self._finish(0)
        lowest, highest = SAMPLE_RATES_HZ
        if not lowest <= self.sample_rate_hz <= highest:
            raise BrokenAudio(
                f"This file says that it has {self.sample_rate_hz} samples a second, "
                f"which is outside of {lowest} to {highest}: it is probably damaged."
            )

    def _finish(self, n_samples: int) -> None:
        """At the end of the output: raises if there was no sound in it, or more would have come."""
        self._process.wait()
        self._stderr_thread.join()
        if self._timed_out.is_set():
            raise DecodeTimeout(f"Decoding this file took longer than {self._timeout_s:g} s and was stopped.")
        if n_samples == 0:
            error = _why_silent(self._path)
            error.decoder_said = self._stderr_tail.decode(errors="replace").strip()
            raise error

    def _expire(self) -> None:
        self._timed_out.set()
        self._process.kill()

    def _drain_stderr(self) -> None:
        with cast(IO[bytes], self._process.stderr) as stderr:
            while chunk := stderr.read(4096):
                self._stderr_tail = (self._stderr_tail + chunk)[-STDERR_TAIL_BYTES:]


def open_audio(
    path: Path, *, max_duration_s: float | None = None, timeout_s: float | None = None
) -> AudioStream:
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


def _open(path: Path) -> IO[bytes]:
    file = path.open("rb", buffering=0)
    file.seek(0)  # /dev/fd/N: where the system makes that a copy of N, it stands where N stands
    return file


def _start_ffmpeg(path: Path) -> subprocess.Popen[bytes]:
    with _open(path) as file:
        return _spawn(
            [
                "ffmpeg", "-nostdin", *_input_options(file), "-map", "0:a:0",
                "-c:a", "pcm_f32le", "-f", "wav", "-bitexact", "pipe:1",
            ],
            file,
        )  # fmt: skip


def _input_options(file: IO[bytes]) -> list[str]:
    return [
        "-v", "error", "-protocol_whitelist", "file", "-format_whitelist", DEMUXERS,
        "-i", f"file:/dev/fd/{file.fileno()}",
    ]  # fmt: skip


def _spawn(arguments: list[str], file: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(file.fileno(),),
            pipesize=PIPE_BYTES,
            start_new_session=True,  # Ctrl-C in a terminal is for us: we end our decoders ourselves
        )
    except FileNotFoundError:
        raise RuntimeError(f"{arguments[0]} is not installed: audio cannot be read without it.") from None


def _read_wav_header(stream: IO[bytes]) -> tuple[int, int]:
    """(channels, samples a second) of a WAV stream, which is left at its first sample. Raises EOFError."""
    _read_exactly(stream, 12)  # "RIFF", size (unknown in a pipe), "WAVE"
    channels = rate = 0
    while True:
        chunk, size = struct.unpack("<4sI", _read_exactly(stream, 8))
        if chunk == b"data":
            return channels, rate
        body = _read_exactly(stream, size + size % 2)
        if chunk == b"fmt ":
            channels, rate = struct.unpack_from("<HI", body, 2)


def _read_exactly(stream: IO[bytes], n_bytes: int) -> bytes:
    data = stream.read(n_bytes)
    if len(data) < n_bytes:
        raise EOFError
    return data


def _why_silent(path: Path) -> AudioError:
    """Tells a file that is no audio from audio that is damaged, once decoding it gave nothing."""
    kinds = _stream_kinds(path)
    if kinds is None:
        if path.stat().st_size == 0:
            return NotAudio("This file is empty.")
        if _has_audio_signature(path):
            return BrokenAudio("This audio file is damaged: its header cannot be read.")
        return NotAudio("This is not an audio file, or not in a format that can be read here.")
    if "audio" not in kinds:
        return NotAudio("This file has no sound track.")
    return BrokenAudio("This audio file is empty or damaged: no sound could be decoded from it.")


def _stream_kinds(path: Path) -> set[str] | None:
    """What a file holds ("audio", "video", ...), by ffprobe; None when it cannot be opened."""
    with _open(path) as file:
        entries = ["-show_entries", "stream=codec_type", "-of", "csv=p=0"]
        probe = _spawn(["ffprobe", *_input_options(file), *entries], file)
    with probe:
        try:
            output, _ = probe.communicate(timeout=PROBE_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            probe.kill()
            return None
    return set(output.decode().replace(",", " ").split()) if probe.returncode == 0 else None


def _has_audio_signature(path: Path) -> bool:
    with _open(path) as file:
        return SIGNATURE.match(file.read(16)) is not None


def _spoken(seconds: float) -> str:
    return f"{seconds / 60:g} minutes" if seconds >= 120 else f"{seconds:g} seconds"
