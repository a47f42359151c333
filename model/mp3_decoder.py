"""A program: one MP3 file to float32 samples, by libsndfile. `python -I -S mp3_decoder.py LIBRARY FILE MEMORY`

libsndfile decodes MP3 with libmpg123, as the page does, in half the time of ffmpeg, and starts in a tenth of it. It is
stricter, though: damage ends it, and it believes a wrong or estimated length. So it says by its exit code whether it
came to the end of the file; where not, the caller has ffmpeg go on.

It has a process of its own because files are hostile, and it imports little because each song waits for its start.

FILE and MEMORY are descriptors. On its standard output it writes the header of a WAV stream; the samples go into
memory that it shares with its caller, because a pipe would copy them twice. The memory is N_SLOTS slots of SLOT_BYTES,
filled in turn. A uint32 on the standard output tells how many frames the next one holds (of all channels, interleaved);
a byte on the standard input gives the oldest one back.
"""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import struct
import sys

SLOT_BYTES = 2**20  # 3 s of 44.1-kHz stereo
N_SLOTS = 4
READ = 0x10
MPEG_LAYER_3 = 0x230082  # libsndfile's number for the only format wanted here
NOT_ALL = 3  # exit code: there is, or may be, more sound in the file
TAGS = (b"TAG", b"APETAGEX", b"LYRICSBEGIN")  # what may follow the last frame
LONGEST_TAG_NAME = max(map(len, TAGS))


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


def main(library_path: str, descriptor: int, memory_descriptor: int) -> int:
    """Decodes what stands open as `descriptor` into the shared memory; returns the exit code."""
    library = ctypes.CDLL(library_path)
    library.sf_open_fd.restype = ctypes.c_void_p
    library.sf_readf_float.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64)
    library.sf_readf_float.restype = ctypes.c_int64
    memory = mmap.mmap(memory_descriptor, N_SLOTS * SLOT_BYTES)
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):  # it can open nothing from here on, nor write files
        resource.setrlimit(limit, (0, 0))
    info = Info()
    file = library.sf_open_fd(descriptor, READ, ctypes.byref(info), 0)
    if not file or info.format != MPEG_LAYER_3:
        return NOT_ALL
    os.write(1, _wav_header(info.channels, info.samplerate))
    _fill(memory, library, file, info.channels)
    return NOT_ALL if _has_more(descriptor) else 0


def _has_more(descriptor: int) -> bool:
    """Whether anything but zeros and tags stands where the decoder stopped: a gap in the file may be long."""
    while block := os.read(descriptor, SLOT_BYTES):
        if rest := block.lstrip(b"\0"):
            return not (rest + os.read(descriptor, LONGEST_TAG_NAME)).startswith(TAGS)
    return False


def _fill(memory: mmap.mmap, library: ctypes.CDLL, file: int, channels: int) -> None:
    """Fills slot after slot, each when it is free, until no more comes or the caller is gone."""
    begin = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    slot_frames = SLOT_BYTES // (4 * channels)
    n_filled = 0
    while n_filled < N_SLOTS or os.read(0, 1):
        n_frames = library.sf_readf_float(file, begin + n_filled % N_SLOTS * SLOT_BYTES, slot_frames)
        if n_frames <= 0:
            return
        os.write(1, struct.pack("=I", n_frames))
        n_filled += 1


def _wav_header(channels: int, rate_hz: int) -> bytes:
    """Of a stream: the sizes are unknown."""
    frame_bytes = 4 * channels
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 3, channels, rate_hz, frame_bytes * rate_hz, frame_bytes, 32)
    return b"RIFF\xff\xff\xff\xffWAVE" + form + b"data\xff\xff\xff\xff"


if __name__ == "__main__":
    os._exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))  # the caller waits: nothing to clean up first
