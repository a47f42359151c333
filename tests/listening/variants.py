"""A song in other formats and at other levels, all made by ffmpeg from one reference."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

RATE_HZ = 44_100
HEADROOM = 0.8  # what is lossy overshoots by 1 to 2 dB, and 16 bits would clip it
TIMEOUT_S = 600
_FLOAT = ("-c:a", "pcm_f32le")  # holds +12 dB without clipping


@dataclass(frozen=True)
class Variant:
    """A format or a level: its name in the table, that of its file, and the ffmpeg options that make it."""

    name: str
    file_name: str
    options: tuple[str, ...]

    def write(self, reference: Path, folder: Path) -> Path:
        """The reference in this form, as a file of the folder."""
        path = folder / self.file_name
        _ffmpeg(reference, *self.options, path)
        return path


FORMATS = (
    Variant("MP3 128 kb/s", "128.mp3", ("-b:a", "128k")),
    Variant("MP3 320 kb/s", "320.mp3", ("-b:a", "320k")),
    Variant("Ogg Vorbis, quality 5", "vorbis.ogg", ("-c:a", "libvorbis", "-q:a", "5")),
    Variant("Opus 96 kb/s", "song.opus", ("-c:a", "libopus", "-b:a", "96k")),
    Variant("M4A (AAC) 128 kb/s", "aac.m4a", ("-c:a", "aac", "-b:a", "128k")),
    Variant("FLAC 44.1 kHz, 16 bits", "44100.flac", ("-sample_fmt", "s16")),
    Variant("FLAC 48 kHz, 16 bits", "48000.flac", ("-ar", "48000", "-sample_fmt", "s16")),
    Variant("WAV 44.1 kHz, 16 bits", "44100.wav", ("-c:a", "pcm_s16le")),
    Variant("WAV 48 kHz, 16 bits", "48000.wav", ("-ar", "48000", "-c:a", "pcm_s16le")),
)
LEVELS = tuple(
    Variant(f"{gain_db:+d} dB", f"{gain_db:+d}.wav", ("-af", f"volume={gain_db}dB:precision=double", *_FLOAT))
    for gain_db in (-12, 12)
)


def write_reference(source: Path, folder: Path) -> Path:
    """The song as a WAV of 44.1 kHz in float32, made quieter where it goes beyond HEADROOM of full scale."""
    decoded, path = folder / "decoded.wav", folder / "reference.wav"
    _ffmpeg(source, "-ar", str(RATE_HZ), *_FLOAT, decoded)
    pcm, rate_hz = soundfile.read(decoded, dtype="float32")
    decoded.unlink()
    peak = float(np.abs(pcm).max(initial=0))
    soundfile.write(path, pcm * min(1.0, HEADROOM / max(peak, HEADROOM)), rate_hz, subtype="FLOAT")
    return path


def _ffmpeg(source: Path, *output: str | Path) -> None:
    """Without tags and pictures. Raises CalledProcessError."""
    command = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", source, "-map", "0:a:0", "-map_metadata", "-1", *output]
    subprocess.run(command, check=True, timeout=TIMEOUT_S)
