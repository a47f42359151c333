"""Files that both sides decode, each with what its decoders may differ by, and why.

They are our own songs, as they are and encoded anew by ffmpeg and LAME, and, where they are at hand, songs of others.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tests.support import REPOSITORY, SONGS

EXACT = 1e-7
TWO_DECODERS = 1e-5  # of MP3, measured: 2e-6

EXCERPT_S = "6"


@dataclass(frozen=True)
class Expected:
    """What the decoders of a format may differ by.

    worst: of a sample; full scale is 1.0. may_end_apart: samples at the end that only one side has. free: the stages
    that nothing is promised of. note: why it is more than the rounding of float32.
    """

    worst: float
    may_end_apart: int = 0
    free: frozenset[str] = field(default_factory=frozenset)
    note: str = ""


MP3 = Expected(TWO_DECODERS)
LOSSLESS = Expected(EXACT)
LOSSY = Expected(TWO_DECODERS)
AAC_IN_MP4 = Expected(
    TWO_DECODERS,
    may_end_apart=1024,
    note="The page cuts what the encoder added at the end, as the file says; ffmpeg 5.1 plays it. "
    "Compared up to where the shorter one ends.",
)
OPUS = Expected(
    1.0,
    free=frozenset({"decoded", "resampled", "log_mel", "logits"}),
    note="Opus decoders need not give the same samples (RFC 6716, 6): the browser's is libopus, ffmpeg has its own.",
)


@dataclass(frozen=True)
class SongFile:
    """A file under the name that the table gives it."""

    name: str
    path: Path
    expected: Expected


@dataclass(frozen=True)
class Encoding:
    """What ffmpeg makes of an excerpt of a song of ours, and how much art is put before it."""

    name: str
    options: str
    expected: Expected
    art_bytes: int = 0

    def write(self, folder: Path) -> SongFile:
        """The song, in a file whose name ends as the table's name begins."""
        path = folder / f"song.{self.name.split()[0].lower()}"
        command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-t", EXCERPT_S, "-i", SONGS / "pop.mp3"]
        subprocess.run([*command, "-map_metadata", "-1", *self.options.split(), path], check=True, timeout=60)
        if self.art_bytes:
            path.write_bytes(id3_with_art(self.art_bytes) + path.read_bytes())
        return SongFile(self.name, path, self.expected)


# "-write_xing 0" leaves out the frame that says how long the encoder's delay is.
ENCODINGS = (
    Encoding("MP3 CBR 128 kb/s", "-b:a 128k", MP3),
    Encoding("MP3 CBR 320 kb/s", "-b:a 320k", MP3),
    Encoding("MP3 VBR V2", "-q:a 2", MP3),
    Encoding("MP3 VBR V9", "-q:a 9", MP3),
    Encoding("MP3 with 1 MB of ID3 art", "-q:a 4", MP3, art_bytes=2**20),
    Encoding("MP3 CBR, no gapless info", "-b:a 128k -write_xing 0", MP3),
    Encoding("MP3 VBR, no gapless info", "-q:a 2 -write_xing 0", MP3),
    Encoding("MP3 mono", "-ac 1 -b:a 64k", MP3),
    Encoding("MP3 mono, no gapless info", "-ac 1 -b:a 64k -write_xing 0", MP3),
    Encoding("MP3 48 kHz", "-ar 48000 -b:a 128k", MP3),
    Encoding("MP3 32 kHz", "-ar 32000 -b:a 128k", MP3),
    Encoding("MP3 22.05 kHz (MPEG-2)", "-ar 22050 -b:a 64k", MP3),
    Encoding("MP3 24 kHz (MPEG-2)", "-ar 24000 -b:a 64k", MP3),
    Encoding("MP3 16 kHz (MPEG-2)", "-ar 16000 -b:a 40k", MP3),
    Encoding("MP3 12 kHz (MPEG-2.5)", "-ar 12000 -b:a 32k", MP3),
    Encoding("MP3 11.025 kHz (MPEG-2.5)", "-ar 11025 -b:a 32k", MP3),
    Encoding("MP3 8 kHz (MPEG-2.5)", "-ar 8000 -b:a 24k", MP3),
    Encoding("MP3 stereo, anti-phase", "-af pan=stereo|c0=c0|c1=-0.9*c0 -q:a 4", MP3),
    Encoding("MP3 stereo, left only", "-af pan=stereo|c0=c0|c1=0*c0 -q:a 4", MP3),
    Encoding("MP3 stereo, right only", "-af pan=stereo|c0=0*c0|c1=c0 -q:a 4", MP3),
    Encoding("MP3 full scale, clipped", "-af volume=20dB,aformat=sample_fmts=s16p -b:a 192k", MP3),
    Encoding("WAV 44.1 kHz float", "-c:a pcm_f32le", LOSSLESS),
    Encoding("WAV 44.1 kHz 16-bit", "-c:a pcm_s16le", LOSSLESS),
    Encoding("WAV 11.025 kHz 8-bit mono", "-ar 11025 -ac 1 -c:a pcm_u8", LOSSLESS),
    Encoding("WAV 96 kHz 24-bit", "-ar 96000 -c:a pcm_s24le", LOSSLESS),
    Encoding("WAV 192 kHz 32-bit", "-ar 192000 -c:a pcm_s32le", LOSSLESS),
    Encoding("FLAC 8 kHz 16-bit mono", "-ar 8000 -ac 1 -sample_fmt s16", LOSSLESS),
    Encoding("FLAC 44.1 kHz 16-bit", "-sample_fmt s16", LOSSLESS),
    Encoding("FLAC 96 kHz 24-bit", "-ar 96000 -sample_fmt s32", LOSSLESS),
    Encoding("FLAC 192 kHz 24-bit", "-ar 192000 -sample_fmt s32", LOSSLESS),
    Encoding("FLAC stereo, anti-phase", "-af pan=stereo|c0=c0|c1=-0.9*c0 -sample_fmt s16", LOSSLESS),
    Encoding("OGG Vorbis 8 kHz mono", "-ar 8000 -ac 1 -c:a libvorbis", LOSSY),
    Encoding("OGG Vorbis 22.05 kHz", "-ar 22050 -c:a libvorbis", LOSSY),
    Encoding("OGG Vorbis 96 kHz", "-ar 96000 -c:a libvorbis", LOSSY),
    Encoding("OGG Vorbis stereo, left only", "-af pan=stereo|c0=c0|c1=0*c0 -c:a libvorbis", LOSSY),
)

OWN = (
    ("metal.mp3", "MP3, 14 s", MP3),
    ("formats/stereo-48000-vbr.mp3", "MP3 VBR 48 kHz", MP3),
    ("formats/mono-22050.mp3", "MP3 mono 22.05 kHz, no gapless info", MP3),
    ("formats/mono-8000.wav", "WAV 8 kHz 16-bit mono", LOSSLESS),
    ("formats/mono-32000.flac", "FLAC 32 kHz 16-bit mono", LOSSLESS),
    ("formats/stereo-44100-vorbis.ogg", "Ogg Vorbis", LOSSY),
    ("formats/stereo-48000.opus", "Opus", OPUS),
    ("formats/stereo-44100-aac.m4a", "M4A (AAC)", AAC_IN_MP4),
)
OTHERS = (
    ("lincity-ng/City-Blues.mp3", MP3),
    ("tandemonium/Gold Rush.mp3", MP3),
    ("spleeter/audio_example_mono.mp3", MP3),
    ("awkward/derived/lobby_320k_id3v23_bigart.mp3", MP3),
    ("awkward/derived/cityblues_mpeg2_22k_48k.mp3", MP3),
    ("librosa-data/Kevin_MacLeod_-_Vibe_Ace.hq.ogg", LOSSY),
    ("rodio-formats/music.flac", LOSSLESS),
    ("rodio-formats/music.m4a", AAC_IN_MP4),
    ("rodio-formats/music.opus", OPUS),
)


def own_songs() -> Iterator[SongFile]:
    """What the repository holds."""
    for path, name, expected in OWN:
        yield SongFile(name, SONGS / path, expected)
    yield SongFile("MP3, 109 s (the sample song)", REPOSITORY / "static" / "sample" / "medley.mp3", MP3)


def songs_of_others(folder: Path) -> Iterator[SongFile]:
    """Licensed music that is not ours to ship."""
    for path, expected in OTHERS:
        yield SongFile(Path(path).name, folder / path, expected)


def id3_with_art(n_bytes: int) -> bytes:
    """An ID3v2.3 tag with a picture of n_bytes of noise, which holds what looks like MPEG frames."""
    picture = np.random.default_rng(0).bytes(n_bytes)
    content = b"\x00image/jpeg\x00\x03\x00" + picture
    frame = b"APIC" + len(content).to_bytes(4, "big") + b"\x00\x00" + content
    size = bytes(len(frame) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3\x03\x00\x00" + size + frame
