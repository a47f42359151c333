"""From sound to files, by ffmpeg: songs as MP3, and fixtures in other shapes for the tests of decoders."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.songs.render import SAMPLE_RATE_HZ, Stereo, fade_out, program

LICENCE = "CC0 1.0"
_HEADROOM = np.float32(0.8)  # what is lossy overshoots by 1 to 2 dB at these bit rates, and must not clip
_LAME = ("-c:a", "libmp3lame")
_MP3 = (*_LAME, "-b:a", "96k", "-joint_stereo", "1")


@dataclass(frozen=True)
class Fixture:
    """The first `duration_s` of a genre's piece in another shape, and the ffmpeg options that make it.

    "-write_xing 0" leaves out the frame that tells the encoder's delay, as old MP3 files do.
    """

    name: str
    genre: str
    duration_s: float
    sample_rate_hz: int
    channels: int
    options: tuple[str, ...]


FIXTURES = (
    Fixture("mono-22050.mp3", "blues", 8.0, 22050, 1, (*_LAME, "-b:a", "48k", "-write_xing", "0")),
    Fixture("stereo-48000-vbr.mp3", "pop", 6.0, 48000, 2, (*_LAME, "-q:a", "6")),
    Fixture("mono-32000.flac", "classical", 4.0, 32000, 1, ("-c:a", "flac", "-sample_fmt", "s16")),
    Fixture("stereo-44100-vorbis.ogg", "reggae", 6.0, 44100, 2, ("-c:a", "libvorbis", "-q:a", "2")),
    Fixture("stereo-48000.opus", "disco", 6.0, 48000, 2, ("-c:a", "libopus", "-b:a", "56k")),
    Fixture("stereo-44100-aac.m4a", "country", 6.0, 44100, 2, ("-c:a", "aac", "-b:a", "72k")),
    Fixture("mono-8000.wav", "jazz", 5.0, 8000, 1, ("-c:a", "pcm_s16le")),
)


def encode_mp3(sound: Stereo, path: Path, title: str) -> None:
    """Write the sound as MP3, 44.1 kHz joint stereo at 96 kb/s, with title and licence in its tags."""
    _encode(sound, path, title, _MP3)


def encode_fixture(fixture: Fixture, sound: Stereo, folder: Path) -> None:
    """Write the fixture into `folder`, from its genre's rendered piece."""
    excerpt = _HEADROOM * fade_out(sound[: round(fixture.duration_s * SAMPLE_RATE_HZ)])
    if fixture.channels == 1:
        excerpt = excerpt.mean(axis=1, keepdims=True)
    options = ("-ar", str(fixture.sample_rate_hz), *fixture.options)
    _encode(excerpt, folder / fixture.name, f"{fixture.genre}, an excerpt", options)


def _encode(sound: Stereo, path: Path, title: str, options: tuple[str, ...]) -> None:
    command = [program("ffmpeg"), "-nostdin", "-v", "error", "-y"]
    command += ["-f", "f32le", "-ar", str(SAMPLE_RATE_HZ), "-ac", str(sound.shape[1])]
    command += ["-i", "pipe:0", *options]
    for tag in (f"title={title}", "artist=Genrescope", f"copyright={LICENCE}"):
        command += ["-metadata", tag]
    command += ["-fflags", "+bitexact", "-flags:a", "+bitexact", str(path)]
    subprocess.run(command, input=sound.astype(np.dtype("<f4")).tobytes(), check=True)
