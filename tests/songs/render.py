"""From MIDI to sound: FluidSynth plays, amplifiers distort the guitars, a limiter holds the peaks."""

import os
import random
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.songs.effects import amplify, limit, rms, without_rumble
from tests.songs.midi import to_midi
from tests.songs.score import Part, Piece, generator

SAMPLE_RATE_HZ = 44100
FADE_S = 0.35  # how long a piece rings on behind its last bar
PEAK_DBFS = -2.0  # MP3 at 96 kb/s adds up to 1.3 dB
_SYNTH_GAIN = "0.4"
_SOUND_FONTS = [Path("/usr/share/sounds/sf2/FluidR3_GM.sf2"), Path("/usr/share/soundfonts/FluidR3_GM.sf2")]

Stereo = npt.NDArray[np.float32]  # [n_samples, 2]


class MissingPackage(Exception):
    """A program or the sound font is not installed; the message says which, and how to get it."""


def sound_font() -> Path:
    """Where the General MIDI sound font lies: `SOUND_FONT`, or where Debian and Fedora put it.

    Raises MissingPackage when there is none.
    """
    named = os.environ.get("SOUND_FONT")
    for path in [Path(named)] if named else _SOUND_FONTS:
        if path.is_file():
            return path
    raise MissingPackage(
        "no General MIDI sound font found: apt-get install fluid-soundfont-gm, or set SOUND_FONT=file.sf2"
    )


def program(name: str) -> str:
    """The path of a program whose Debian package has its name; raises MissingPackage when it is not there."""
    path = shutil.which(name)
    if path is None:
        raise MissingPackage(f"{name} is not installed: apt-get install {name}")
    return path


def check_packages() -> None:
    """Raise MissingPackage when something that rendering and encoding needs is not installed."""
    for name in ("ffmpeg", "fluidsynth"):
        program(name)
    sound_font()


def render(piece: Piece, seed: int) -> Stereo:
    """The whole piece as sound, [n, 2] within ±1: starts at once, rings on for FADE_S behind its last bar."""
    mix = without_rumble(_mix(piece, seed), SAMPLE_RATE_HZ)
    mix *= 10 ** (piece.loudness_dbfs / 20) / rms(mix)
    return fade_out(limit(mix, 10 ** (PEAK_DBFS / 20), SAMPLE_RATE_HZ))


def fade_out(sound: Stereo) -> Stereo:
    """The sound with its last FADE_S faded to nothing."""
    n_fade = round(FADE_S * SAMPLE_RATE_HZ)
    faded = sound.copy()
    faded[-n_fade:] *= np.cos(np.linspace(0, np.pi / 2, n_fade, dtype=np.float32))[:, None] ** 2
    return faded


def _mix(piece: Piece, seed: int) -> Stereo:
    """The band together; amplified parts are played by themselves, one amplifier after the other."""
    clean = [part for part in piece.parts if part.amp is None]
    mix = _synthesise(replace(piece, parts=clean), generator(seed, piece.genre, "band"))
    band_rms = rms(mix)
    for amp in dict.fromkeys(part.amp for part in piece.parts if part.amp):
        through: list[Part] = [replace(part, reverb=0) for part in piece.parts if part.amp == amp]
        stem = _synthesise(replace(piece, parts=through), generator(seed, piece.genre, through[0].name))
        distorted = amplify(stem, amp, SAMPLE_RATE_HZ)
        mix += distorted * (band_rms * 10 ** (amp.level_db / 20) / rms(distorted))
    return mix


def _synthesise(piece: Piece, rng: random.Random) -> Stereo:
    """What FluidSynth makes of the parts, cut to the piece and its ring: it stops where it likes."""
    with tempfile.TemporaryDirectory() as folder:
        midi, raw = Path(folder, "piece.mid"), Path(folder, "piece.f32")
        midi.write_bytes(to_midi(piece, rng))
        command = [program("fluidsynth"), "-ni", "-q", "-g", _SYNTH_GAIN, "-r", str(SAMPLE_RATE_HZ)]
        command += ["-C", "0", "-T", "raw", "-O", "float", "-F", str(raw), str(sound_font()), str(midi)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        sound = np.fromfile(raw, np.dtype("<f4")).reshape(-1, 2)
    n_samples = round((piece.seconds(piece.bars) + FADE_S) * SAMPLE_RATE_HZ)
    return np.pad(sound[:n_samples], ((0, max(0, n_samples - len(sound))), (0, 0)))
