"""The child processes that decode: each is handed an open file and gives its sound as float32.

They are handed open files, never names, so no name can be mistaken for an option, a protocol or a pattern. ffmpeg may
use no other protocol than that file and no demuxer that fetches other files (playlists, concatenation scripts).
MP3, the most common format, has a faster program of our own: see mp3_decoder.py.
"""

from __future__ import annotations

import mmap
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import cycle
from pathlib import Path
from typing import IO, cast

import numpy as np
import numpy.typing as npt

from model.mp3_decoder import N_SLOTS, SLOT_BYTES

BLOCK_VALUES = SLOT_BYTES // 4  # at most, over all channels: 3 s of 44.1-kHz stereo
PIPE_BYTES = 2**20  # what an unprivileged pipe may hold on Linux: lets the decoder run ahead of the caller
STDERR_TAIL_BYTES = 2000
PROBE_TIMEOUT_S = 20.0
# As ffmpeg, its threads and the loader of its libraries say it.
OUT_OF_MEMORY = (
    "Cannot allocate memory",
    "Resource temporarily unavailable",
    "failed to map segment",
    "cannot map zero-fill",
)
MP3_DECODER = Path(__file__).with_name("mp3_decoder.py")

# Demuxers of single-file audio and video. Left out on purpose: whatever opens further files or devices (hls,
# concat, dash, sdp, image2, lavfi), and headerless PCM, which would make music out of any bytes.
DEMUXERS = (
    "aac,ac3,aiff,amr,ape,asf,au,avi,caf,dsf,dts,eac3,flac,flv,gsm,loas,matroska,mov,mp3,mpc,mpc8,mpeg,mpegts,"
    "oma,ogg,rm,shn,sox,tak,tta,voc,w64,wav,wsd,wv,xwma"
)

Pcm = npt.NDArray[np.float32]


@dataclass(frozen=True)
class ProcessBounds:
    """What a decoding process may use at most; None: as much as there is. Held on Linux only."""

    memory_bytes: int | None = None
    cpu_s: int | None = None


UNBOUNDED = ProcessBounds()


class Decoder:
    """A decoding child process that writes a WAV stream. Whoever starts one closes it."""

    def __init__(
        self, arguments: list[str], *files: IO[bytes], bounds: ProcessBounds, stdin: int = subprocess.DEVNULL
    ) -> None:
        self._stderr_tail = b""
        self._was_killed = False
        self._process = _spawn(arguments, *files, bounds=bounds, stdin=stdin)
        self._stdout = cast(IO[bytes], self._process.stdout)
        self._stderr_thread = threading.Thread(target=self._drain_stderr, daemon=True)
        self._stderr_thread.start()

    def read_header(self) -> tuple[int, int] | None:
        """Waits for the first sound: (channels, samples a second), or None when there is none."""
        try:
            return _read_wav_header(self._stdout)
        except EOFError:
            return None

    def blocks(self, channels: int) -> Iterator[Pcm]:
        """The sound, [n_samples, channels] at a time. A block may change once the next one is asked for."""
        frame_bytes = 4 * channels
        block_bytes = max(1, BLOCK_VALUES // channels) * frame_bytes
        while data := self._stdout.read(block_bytes):
            whole = len(data) - len(data) % frame_bytes  # a killed decoder may stop inside a sample
            yield _finite(np.frombuffer(data[:whole], "<f4")).reshape(-1, channels)

    def missed_something(self) -> bool:
        """Waits for the end. True when the program knows that there is, or may be, more sound in the file."""
        return False

    def ran_out_of_memory(self) -> bool:
        """Waits for the end. True when the process was refused memory."""
        return any(words in self.last_words() for words in OUT_OF_MEMORY)

    def ran_out_of_time(self) -> bool:
        """Waits for the end. True when the process had used up its time on a core."""
        return self._process.wait() == -signal.SIGKILL and not self._was_killed

    def last_words(self) -> str:
        """Waits for the end. What the program reported last."""
        self._process.wait()
        self._stderr_thread.join()
        return self._stderr_tail.decode(errors="replace").strip()

    def kill(self) -> None:
        """Ends the process now, from any thread."""
        self._was_killed = True
        self._process.kill()

    def close(self) -> None:
        """Ends the process, whether or not it is done. May be called twice."""
        self.kill()
        self.last_words()
        self._stdout.close()

    def _drain_stderr(self) -> None:
        with cast(IO[bytes], self._process.stderr) as stderr:
            while chunk := stderr.read(4096):
                self._stderr_tail = (self._stderr_tail + chunk)[-STDERR_TAIL_BYTES:]


class Mp3Decoder(Decoder):
    """Our own program, which leaves the sound in shared memory: see mp3_decoder.py."""

    def __init__(self, library: str, file: IO[bytes], bounds: ProcessBounds) -> None:
        with _unnamed_file() as shared:
            shared.truncate(N_SLOTS * SLOT_BYTES)
            self._memory = mmap.mmap(shared.fileno(), N_SLOTS * SLOT_BYTES)
            descriptors = (str(file.fileno()), str(shared.fileno()))
            arguments = [sys.executable, "-I", "-S", str(MP3_DECODER), library, *descriptors]
            super().__init__(arguments, file, shared, bounds=bounds, stdin=subprocess.PIPE)
        self._stdin = cast(IO[bytes], self._process.stdin)

    def blocks(self, channels: int) -> Iterator[Pcm]:
        """The sound, a slot of the memory at a time: it is given back when the next one is asked for."""
        for slot in cycle(range(N_SLOTS)):
            told = self._stdout.read(4)
            if len(told) < 4:
                return
            n_values = min(channels * int.from_bytes(told, sys.byteorder), BLOCK_VALUES)
            values = np.frombuffer(self._memory, "<f4", n_values, slot * SLOT_BYTES)
            yield _finite(values).reshape(-1, channels)
            with suppress(BrokenPipeError):  # it may have ended since
                os.write(self._stdin.fileno(), b"\0")

    def missed_something(self) -> bool:
        """Waits for the end."""
        return self._process.wait() != 0

    def close(self) -> None:
        """Ends the process, whether or not it is done. May be called twice."""
        super().close()
        self._stdin.close()
        with suppress(BufferError):  # a block that somebody still holds keeps the memory until then
            self._memory.close()


def start_ffmpeg(path: Path, bounds: ProcessBounds = UNBOUNDED) -> Decoder:
    """ffmpeg at work on the first audio stream of a file."""
    with open_anew(path) as file:
        return Decoder(
            [
                "ffmpeg", "-nostdin", *_input_options(file), "-map", "0:a:0",
                "-c:a", "pcm_f32le", "-f", "wav", "-bitexact", "pipe:1",
            ],
            file,
            bounds=bounds,
        )  # fmt: skip


def start_mp3_decoder(path: Path, bounds: ProcessBounds = UNBOUNDED) -> Mp3Decoder | None:
    """Our own program at work on what looks like an MP3 file; None for others, and where its library is not."""
    library = _libsndfile()
    with open_anew(path) as file:
        if library is None or not _looks_like_mp3(file.read(2)):
            return None
        file.seek(0)
        return Mp3Decoder(library, file, bounds)


def stream_kinds(path: Path, bounds: ProcessBounds = UNBOUNDED) -> set[str] | None:
    """What a file holds ("audio", "video", ...), by ffprobe; None when it cannot be opened."""
    with open_anew(path) as file:
        entries = ["-show_entries", "stream=codec_type", "-of", "csv=p=0"]
        probe = _spawn(["ffprobe", *_input_options(file), *entries], file, bounds=bounds)
    with probe:
        try:
            output, _ = probe.communicate(timeout=PROBE_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            probe.kill()
            return None
    return set(output.decode().replace(",", " ").split()) if probe.returncode == 0 else None


def open_anew(path: Path) -> IO[bytes]:
    """A file from its start."""
    file = path.open("rb", buffering=0)
    file.seek(0)  # /dev/fd/N: where the system makes that a copy of N, it stands where N stands
    return file


@cache
def _libsndfile() -> str | None:
    """The library that the package soundfile brings along (not for all systems)."""
    package = find_spec("_soundfile_data")
    folders = (package.submodule_search_locations if package else None) or []
    return next((str(path) for folder in folders for path in Path(folder).glob("libsndfile_*")), None)


def _looks_like_mp3(first_bytes: bytes) -> bool:
    """An ID3 tag, or the header of an MPEG frame of layer III: eleven set bits, two of the version, and 01."""
    is_frame = len(first_bytes) == 2 and int.from_bytes(first_bytes) & 0xFFE6 == 0xFFE2
    return first_bytes == b"ID" or is_frame


def _input_options(file: IO[bytes]) -> list[str]:
    return [
        "-v", "error", "-threads", "1", "-protocol_whitelist", "file", "-format_whitelist", DEMUXERS,
        "-i", f"file:/dev/fd/{file.fileno()}",
    ]  # fmt: skip


def _spawn(
    arguments: list[str], *files: IO[bytes], bounds: ProcessBounds, stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    try:
        process = subprocess.Popen(
            arguments,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=[file.fileno() for file in files],
            pipesize=PIPE_BYTES,
            start_new_session=True,  # Ctrl-C in a terminal is for us: we end our decoders ourselves
        )
    except FileNotFoundError:
        raise RuntimeError(f"{arguments[0]} is not installed: audio cannot be read without it.") from None
    _bind(process, bounds)
    return process


def _bind(process: subprocess.Popen[bytes], bounds: ProcessBounds) -> None:
    """Before the process has done much. From outside: nothing of ours may run between fork and exec in a thread."""
    if sys.platform != "linux":
        return
    wanted = {
        resource.RLIMIT_DATA: bounds.memory_bytes,  # not RLIMIT_AS: threads reserve far more than they use
        resource.RLIMIT_CPU: bounds.cpu_s,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
    }
    with suppress(ProcessLookupError):  # it has ended since
        for kind, most in wanted.items():
            if most is not None:
                resource.prlimit(process.pid, kind, (most, most))  # no time after SIGXCPU, which ffmpeg outlives


def _unnamed_file() -> IO[bytes]:
    """An empty file for a child process to share, in memory where the system can."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("pcm"), "r+b", 0)
    return tempfile.TemporaryFile()


def _finite(values: Pcm) -> Pcm:
    """Without what is no number; as it is where that is nothing."""
    return values if np.isfinite(np.dot(values, values)) else np.nan_to_num(values, posinf=0, neginf=0)


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
