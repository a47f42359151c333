"""A program: one MP3 file to a WAV stream of float32, by libsndfile. `python -I -S mp3_decoder.py LIBRARY DESCRIPTOR`

libsndfile decodes MP3 with libmpg123, as the page does, in half the time of ffmpeg, and starts in a tenth of it. It is
stricter, though: damage ends it, and it believes a wrong or estimated length. So it says by its exit code whether it
came to the end of the file; where not, the caller has ffmpeg go on.

It has a process of its own because files are hostile, and it imports little because each song waits for its start.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys

BLOCK_FRAMES = 16_384
READ = 0x10
MPEG_LAYER_3 = 0x230082  # libsndfile's number for the only format wanted here
NOT_ALL = 3  # exit code: there is, or may be, more sound in the file
TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN")  # what may follow the last frame


class Info(ctypes.Structure):
    """SF_INFO of sndfile.h."""

    _fields_ = (
        ("frames", ctypes.c_int64),
        ("samplerate", ctypes.c_int),
        ("channels", ctypes.c_int),
        ("format", ctypes.c_int),
        ("sections", ctypes.c_int),
        ("seekable", ctypes.c_int),
    )


def main(library_path: str, descriptor: int) -> int:
    """Decodes what stands open as `descriptor` to the standard output; returns the exit code."""
    library = ctypes.CDLL(library_path)
    library.sf_open_fd.restype = ctypes.c_void_p
    library.sf_readf_float.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    library.sf_readf_float.restype = ctypes.c_int64
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):  # it can open nothing from here on, nor write files
        resource.setrlimit(limit, (0, 0))
    info = Info()
    file = library.sf_open_fd(descriptor, READ, ctypes.byref(info), 0)
    if not file or info.format != MPEG_LAYER_3:
        return NOT_ALL
    _write(_wav_header(info.channels, info.samplerate))
    block = (ctypes.c_float * (BLOCK_FRAMES * info.channels))()
    data = memoryview(block).cast("B")
    while (n_frames := library.sf_readf_float(file, block, BLOCK_FRAMES)) > 0:
        _write(data[: 4 * info.channels * n_frames])
    rest = os.read(descriptor, 16).lstrip(b"\0")
    return 0 if not rest or rest.startswith(TAGS) else NOT_ALL


def _wav_header(channels: int, rate_hz: int) -> bytes:
    """Of a stream: the sizes are unknown."""
    frame_bytes = 4 * channels
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, channels, rate_hz, frame_bytes * rate_hz, frame_bytes, 32)
    return b"RIFF\xff\xff\xff\xffWAVE" + form + b"data\xff\xff\xff\xff"


def _write(data: bytes | memoryview) -> None:
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
