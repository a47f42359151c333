"""Sounds whose headers lie, whose containers are strange, or that are much from few bytes: what becomes of each.

Each is made when it is asked for, from a short song in the usual formats. With it stands what /predict makes of it: the
seconds heard, or the codes that may be answered; where decoders of several years may differ, more than one.
"""

from __future__ import annotations

import gzip
import io
import math
import struct
import tempfile
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.support import SONGS, make_audio

FORMAT_22050 = (SONGS / "formats" / "mono-22050.mp3").read_bytes()
FORMAT_48000 = (SONGS / "formats" / "stereo-48000-vbr.mp3").read_bytes()
Make = Callable[[], bytes]
Outcome = float | str
SOUNDS: dict[str, tuple[Make, Outcome]] = {}


def awkward(name: str, outcome: Outcome) -> Callable[[Make], Make]:
    """Adds a file. outcome: seconds (to 0.2), or codes with a | between; "heard" is one of them."""

    def add(make: Make) -> Make:
        SOUNDS[name] = make, outcome
        return make

    return add


@cache
def song(name: str = "a.wav", *options: str, source: str = "sine=440:duration=2:sample_rate=8000") -> bytes:
    """Two seconds of a tone by ffmpeg, in the format of the name's ending."""
    with tempfile.TemporaryDirectory() as folder:
        return make_audio(Path(folder) / name, *options, source=source).read_bytes()


def wav(
    data: bytes = bytes(32_000), *, tag: int = 1, channels: int = 1, rate: int = 8000, align: int = 2, bits: int = 16,
    n_bytes: int | None = None, before: bytes = b"", form: bytes = b"RIFF",
) -> bytes:  # fmt: skip
    """A WAV file with any header. n_bytes: what it claims of its data."""
    head = struct.pack("<HHIIHH", tag, channels, rate, rate * align % 2**32, align, bits)
    size = len(data) if n_bytes is None else n_bytes
    body = b"WAVE" + before + b"fmt " + struct.pack("<I", 16) + head + b"data" + struct.pack("<I", size) + data
    return form + struct.pack("<I", min(len(body), 2**32 - 1)) + body


def floats(*values: float) -> bytes:
    """Two seconds of these, over and over."""
    return wav(struct.pack(f"<{len(values)}f", *values) * (16_000 // len(values)), tag=3, align=4, bits=32)


def chunk(name: bytes, body: bytes) -> bytes:
    return name + struct.pack("<I", len(body)) + body


for _name, _content, _outcome in (
    ("no data", wav(b""), "broken_audio"),
    ("a header alone", wav()[:44], "broken_audio"),
    ("half a header", wav()[:30], "broken_audio|not_audio"),
    ("65,535 channels", wav(channels=65535, align=2), "broken_audio|unsupported_audio"),
    ("65,535 channels that add up", wav(bytes(300_000), channels=65535, align=65534), "broken_audio|unsupported_audio"),
    ("33 channels", wav(bytes(66 * 8000 * 2), channels=33, align=66), "unsupported_audio"),
    ("no channels", wav(channels=0, align=0), "broken_audio"),
    ("0 Hz", wav(rate=0), "broken_audio"),
    ("500 Hz", wav(rate=500), "broken_audio"),
    ("1 MHz", wav(bytes(2_000_000), rate=1_000_000), "unsupported_audio"),
    ("4 GHz", wav(rate=2**32 - 1), "broken_audio|unsupported_audio"),
    ("0 bits", wav(bits=0), "broken_audio|heard"),
    ("255 bits", wav(bits=255), "broken_audio|heard"),
    ("align 0", wav(align=0), 2.0),
    ("ten hours in a few kilobytes", wav(n_bytes=36_000 * 16_000), 2.0),
    ("4 GB claimed", wav(n_bytes=2**32 - 1), 2.0),
    ("odd bytes", wav(bytes(32_001)), 2.0),
    ("ten thousand lists before the sound", wav(before=chunk(b"LIST", b"INFO") * 10_000), 2.0),
    ("a list of 4 GB", wav(before=b"LIST" + struct.pack("<I", 2**32 - 1)), "broken_audio|not_audio"),
    ("RF64 without its sizes", wav(form=b"RF64"), "broken_audio|heard"),
    (
        "RF64 of an exabyte",
        wav(form=b"RF64", before=chunk(b"ds64", struct.pack("<QQQI", 2**60, 2**60, 2**59, 0)), n_bytes=2**32 - 1),
        2.0,
    ),
    ("an unknown codec", wav(tag=0x1234), "broken_audio|not_audio"),
    ("floats that are none", floats(math.nan, math.inf, -math.inf, 3e38), 2.0),
    ("the smallest floats", floats(1e-45), 2.0),
):  # fmt: skip
    awkward(f"WAV: {_name}", _outcome)(lambda content=_content: content)


def aiff(rate: bytes, n_frames: int = 16_000) -> bytes:
    """rate: an 80-bit float."""
    comm = b"COMM" + struct.pack(">IhIh", 18, 1, n_frames, 16) + rate
    sound = b"SSND" + struct.pack(">III", 8 + 32_000, 0, 0) + bytes(32_000)
    return b"FORM" + struct.pack(">I", 4 + len(comm) + len(sound)) + b"AIFF" + comm + sound


RATE_8000 = bytes.fromhex("400bfa00000000000000")
awkward("AIFF: as it should be", 2.0)(lambda: aiff(RATE_8000))
awkward("AIFF: a rate that is no number", "broken_audio|unsupported_audio")(lambda: aiff(b"\x7f\xff" + b"\xff" * 8))
awkward("AIFF: an endless rate", "broken_audio|unsupported_audio")(lambda: aiff(b"\x7f\xff\x80" + bytes(7)))
awkward("AIFF: a negative rate", "broken_audio")(lambda: aiff(b"\xc0" + RATE_8000[1:]))
awkward("AIFF: no rate", "broken_audio")(lambda: aiff(bytes(10)))
awkward("AIFF: four billion frames", "broken_audio|heard")(lambda: aiff(RATE_8000, 2**32 - 1))
awkward("AIFF: AU, no rate", "broken_audio|not_audio")(
    lambda: struct.pack(">4sIIIII", b".snd", 24, 32_000, 3, 0, 1) + bytes(32_000)
)
awkward("AIFF: AU, a header of 4 GB", "not_audio|broken_audio|heard")(
    lambda: struct.pack(">4sIIIII", b".snd", 2**32 - 1, 32_000, 3, 8000, 1) + bytes(32_000)
)
awkward("others: CAF, chunks of no size", "broken_audio|not_audio")(
    lambda: b"caff\0\1\0\0" + b"free" + b"\xff" * 8 + bytes(500)
)


def flac(total_samples: int) -> bytes:
    """A FLAC file that claims so many samples."""
    content = bytearray(song("a.flac"))
    content[21] = content[21] & 0xF0 | total_samples >> 32
    content[22:26] = (total_samples & 0xFFFFFFFF).to_bytes(4)
    return bytes(content)


awkward("FLAC: months claimed", 2.0)(lambda: flac(2**36 - 1))
awkward("FLAC: a header alone", "broken_audio")(lambda: song("a.flac")[:42])
awkward("FLAC: a picture of 16 MB claimed", "broken_audio")(lambda: b"fLaC\x06\xff\xff\xff" + song("a.flac")[42:])
awkward("FLAC: ten minutes of silence", 600.0)(lambda: song("a.flac", source="anullsrc=duration=600"))
awkward("FLAC: 192 kHz", 20.0)(lambda: song("a.flac", source="anullsrc=duration=20:sample_rate=192000"))
awkward("FLAC: eight channels", 2.0)(lambda: song("a.flac", source="anullsrc=duration=2:channel_layout=7.1"))
awkward("FLAC: an ID3 tag in front", 2.0)(lambda: id3(b"") + song("a.flac"))
awkward("FLAC: twice", "heard")(lambda: song("a.flac") * 2)


def id3(body: bytes, n_bytes: int | None = None) -> bytes:
    """n_bytes: what it claims of its body."""
    n = len(body) if n_bytes is None else n_bytes
    return b"ID3\x04\0\0" + bytes(n >> shift & 0x7F for shift in (21, 14, 7, 0)) + body


def ape(n_bytes: int, n_items: int) -> bytes:
    return b"APETAGEX" + struct.pack("<IIII", 2000, n_bytes, n_items, 0x20000000) + bytes(8)


awkward("MP3: a tag of 200 MB claimed", "broken_audio|not_audio|heard")(lambda: id3(b"", 200_000_000) + song("a.mp3"))
awkward("MP3: a hundred tags", 2.0)(lambda: id3(b"TIT2\0\0\0\x02\0\0\0x") * 100 + song("a.mp3"))
awkward("MP3: a frame of a tag that ends beyond it", 2.0)(lambda: id3(b"TIT2\x0f\x7f\x7f\x7f\0\0x") + song("a.mp3"))
awkward("MP3: a tag alone", "broken_audio|not_audio")(lambda: id3(bytes(5000)))
awkward("MP3: three letters", "broken_audio|not_audio")(lambda: b"ID3")
awkward("MP3: two letters", "not_audio")(lambda: b"ID")
awkward("MP3: one frame's header", "broken_audio|not_audio")(lambda: b"\xff\xfb\x90\x00")
awkward("MP3: APEv2 in front", 2.0)(lambda: ape(32, 0) + song("a.mp3"))
awkward("MP3: APEv2 with two billion items", 2.0)(lambda: song("a.mp3") + ape(2**31 - 1, 2**31 - 1))
awkward("MP3: old tags at the end", 2.0)(lambda: song("a.mp3") + b"LYRICSBEGIN000200LYRICS200" + b"TAG" + bytes(125))
awkward("MP3: two billion frames claimed", "heard")(lambda: more_frames(song("a.mp3")))
awkward("MP3: the rate changes", "heard")(lambda: song("a.mp3") + song("a.mp3", "-ar", "44100", "-ac", "2"))
# Found by the fuzz tests: ffmpeg finds another format than our own program, and was waited for without being read.
awkward("MP3: another rate and back, in the middle of frames", "too_short|heard")(
    lambda: FORMAT_22050[:1796] + FORMAT_48000[39347:60000] + FORMAT_22050[1796:]
)
awkward("MP3: all bits set", "broken_audio|not_audio")(lambda: b"\xff" * 100_000)
awkward("MP3: sync words only", "broken_audio|not_audio")(lambda: b"\xff\xfb" * 50_000)
awkward("MP3: inside of WAV", 2.0)(lambda: song("a.wav", "-c:a", "libmp3lame"))
awkward("MP3: inside of Matroska", 2.0)(lambda: song("a.mka", "-c:a", "libmp3lame"))


def more_frames(mp3: bytes) -> bytes:
    at = max(mp3.find(b"Xing"), mp3.find(b"Info"))
    return mp3[: at + 8] + b"\x7f\xff\xff\xff" + mp3[at + 12 :]


PICTURE = ("-f", "lavfi", "-i", "color=red:size=16x16:duration=0.04:rate=25")
MOVIE = ("-f", "lavfi", "-i", "testsrc=size=32x32:duration=1:rate=5", "-map")
awkward("MP3: a cover", 2.0)(
    lambda: song("a.mp3", *PICTURE, "-map", "0", "-map", "1", "-c:v", "png", "-disposition:v", "attached_pic")
)
awkward("MP4: a cover", 2.0)(
    lambda: song("a.m4a", *PICTURE, "-map", "0", "-map", "1", "-c:v", "png", "-disposition:v", "attached_pic")
)
awkward("MP4: Matroska, pictures and two sounds", 2.0)(
    lambda: song("a.mkv", *PICTURE, "-map", "1", "-map", "0", "-map", "0", "-map", "1", "-c:v", "png")
)
awkward("MP4: Matroska, no sound", "not_audio")(lambda: song("a.mkv", *MOVIE, "1", "-c:v", "mpeg4"))
awkward("MP4: no sound", "not_audio")(lambda: song("a.mp4", *MOVIE, "1", "-c:v", "mpeg4"))
awkward("MP4: an edit list", "heard")(lambda: song("a.m4a", "-ss", "0.5"))
awkward("MP4: in fragments", "heard")(lambda: song("a.mp4", "-movflags", "frag_keyframe+empty_moov"))
awkward("MP4: half", "broken_audio")(lambda: song("a.m4a")[: len(song("a.m4a")) // 2])
awkward("MP4: four billion samples claimed", "broken_audio|not_audio|heard")(
    lambda: patched(song("a.m4a"), b"stsz", 12, b"\xff\xff\xff\xff")
)
awkward("MP4: a box of no size inside", "broken_audio|not_audio|heard")(
    lambda: patched(song("a.m4a"), b"trak", -4, bytes(4))
)
awkward("MP4: a timescale of 0", "broken_audio|too_short|heard")(lambda: patched(song("a.m4a"), b"mdhd", 16, bytes(4)))
awkward("MP4: boxes in boxes in boxes", "broken_audio")(lambda: boxes(2000))


def patched(content: bytes, mark: bytes, offset: int, new: bytes) -> bytes:
    at = content.index(mark) + (offset if offset < 0 else len(mark) + offset - 4)
    return content[:at] + new + content[at + len(new) :]


def boxes(depth: int) -> bytes:
    content = b""
    for _ in range(depth):
        content = struct.pack(">I4s", len(content) + 8, b"moov") + content
    return struct.pack(">I4s8s", 16, b"ftyp", b"isom\0\0\2\0") + content


awkward("Ogg: chained", "heard")(lambda: song("a.opus") + song("a.opus", source="sine=880:duration=2"))
awkward("Ogg: Vorbis, then Opus", "heard")(lambda: song("a.ogg", "-c:a", "libvorbis") + song("a.opus"))
awkward("Ogg: a wrong checksum", "broken_audio|heard")(lambda: patched(song("a.opus"), b"OggS", 22, b"\1\2\3\4"))
awkward("Ogg: one page", "broken_audio")(lambda: song("a.opus")[:50])
awkward("Ogg: empty pages", "broken_audio|not_audio")(lambda: (b"OggS\0\2" + bytes(20) + b"\0") * 5000)
awkward("others: ADTS, a frame length of 0", "broken_audio|not_audio")(lambda: b"\xff\xf1\x50\x80\0\0\0" * 5000)
awkward("others: WavPack, half", "broken_audio|heard")(lambda: song("a.wv")[:2000])
awkward("others: too short", "too_short")(lambda: song(source="sine=440:duration=0.9"))
awkward("others: zip, a song", "not_audio")(lambda: zipped(song("a.mp3")))
awkward("others: zip, a bomb", "not_audio")(lambda: zipped(bytes(50_000_000)))
awkward("others: gzip, a bomb", "not_audio")(lambda: gzip.compress(bytes(50_000_000)))
awkward("others: gzip, a song", "not_audio")(lambda: gzip.compress(song("a.mp3")))


def zipped(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("song.mp3", content)
    return file.getvalue()
