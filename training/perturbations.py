"""What songs go through on their way to a listener, done to their PCM; none of it changes their genre.

Sturm ("A simple method to determine if a music information retrieval system is a horse", 2014) showed that genre
recognisers lean on what nobody hears. Filters are Butterworth's, run forwards only. Everything is deterministic.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from scipy import signal

from model.audio import NO_LIMITS, AudioLimits, open_audio
from training.soundtools import (
    SILENT,
    Audio,
    as_audio,
    cut,
    in_samples,
    masked,
    mixed_to_mono,
    overlaid,
    padded,
    rechannelled,
    resampled,
    shifted,
)

MP3_RATES_HZ = (32_000, 44_100, 48_000)  # MPEG-1: the half rates, MPEG-2, end at 160 kb/s
MP3_KBPS = (32, 320)  # the lowest and highest constant bit rate of MPEG-1 layer III
HIGH_PASS_ORDER, LOW_PASS_ORDER = 4, 8  # 24 and 48 dB an octave
NOISE_SEED = 0


@dataclass(frozen=True)
class Perturbation:
    """One thing that is done to songs. `speed` is how many seconds of the song a second of the result plays, `starts_s`
    where in the song the result starts: below 0, before it.
    """

    name: str
    how: str
    apply: Callable[[Audio], Audio]
    speed: float = 1.0
    starts_s: float = 0.0


def amplified(audio: Audio, gain_db: float) -> Audio:
    """Louder or quieter, in floating point: nothing is clipped."""
    return as_audio(audio.samples * 10 ** (gain_db / 20), audio.rate_hz)


def clipped(audio: Audio, gain_db: float) -> Audio:
    """Louder, and cut off at full scale."""
    louder = amplified(audio, gain_db)
    return Audio(louder.samples.clip(-1, 1), louder.rate_hz)


def filtered(audio: Audio, kind: str, cutoff_hz: float, order: int) -> Audio:
    """Through a Butterworth filter, 3 dB down at the cut-off. A cut-off beyond half the rate changes nothing."""
    if cutoff_hz >= audio.rate_hz / 2:
        return audio
    sections = signal.butter(order, cutoff_hz, kind, fs=audio.rate_hz, output="sos")
    return as_audio(signal.sosfilt(sections, audio.samples, axis=0), audio.rate_hz)


def at_speed(audio: Audio, speed: float) -> Audio:
    """Faster or slower, pitch along with it, as a turntable does."""
    return in_samples(audio, round(len(audio.samples) / speed), audio.rate_hz)


def with_noise(audio: Audio, snr_db: float) -> Audio:
    """With white Gaussian noise up to half the rate, the same in all channels, `snr_db` below the mono mix's power."""
    noise = np.random.default_rng(NOISE_SEED).normal(size=(len(audio.samples), 1))
    return overlaid(audio, as_audio(noise, audio.rate_hz), snr_db)


def left_only(audio: Audio) -> Audio:
    """As a decoded stereo file with a silent right channel. To a mix, a mono song is 6 dB quieter then."""
    return _through_file(rechannelled(audio, (0, SILENT)), "WAV", subtype="FLOAT")


def at_mp3_rate(audio: Audio) -> Audio:
    """At 44.1 kHz unless the rate is one of MPEG-1's: what the MP3 files are made of."""
    return audio if audio.rate_hz in MP3_RATES_HZ else resampled(audio, 44_100)


def as_mp3(audio: Audio, kbps: int) -> Audio:
    """As a decoded MP3 file of LAME's, joint stereo at a constant bit rate. Of mono songs both channels are equal.

    Songs of more than two channels are mixed to mono first.
    """
    source, (lowest, highest) = at_mp3_rate(audio), MP3_KBPS
    stereo = source if source.samples.shape[1] == 2 else rechannelled(mixed_to_mono(source), (0, 0))
    level = (highest - kbps) / (highest - lowest)  # libsndfile's 0 to 1
    return _through_file(stereo, "MP3", bitrate_mode="CONSTANT", compression_level=level)


def _through_file(audio: Audio, file_format: str, **encoder: Any) -> Audio:
    """Written to a file and decoded as the server decodes what is sent to it."""
    with tempfile.TemporaryDirectory(prefix="heard-") as folder:
        path = Path(folder, "song")
        soundfile.write(path, audio.samples, audio.rate_hz, format=file_format, **encoder)
        return decoded(path)


def decoded(path: Path, limits: AudioLimits = NO_LIMITS) -> Audio:
    """A file's sound, all channels. Raises AudioError or OSError."""
    with open_audio(path, limits) as audio:
        return Audio(np.concatenate(list(audio)), audio.sample_rate_hz)


def _gain(gain_db: float) -> Perturbation:
    return Perturbation(f"{gain_db:+g} dB", "in floating point, not clipped", partial(amplified, gain_db=gain_db))


def _low_pass(cutoff_hz: float) -> Perturbation:
    how = f"Butterworth, order {LOW_PASS_ORDER}"
    apply = partial(filtered, kind="lowpass", cutoff_hz=cutoff_hz, order=LOW_PASS_ORDER)
    return Perturbation(f"low-pass {cutoff_hz / 1000:g} kHz", how, apply)


def _mp3(kbps: int) -> Perturbation:
    how = "LAME, constant bit rate, joint stereo; lower rates than 32 kHz are resampled to 44.1 kHz first"
    return Perturbation(f"MP3 {kbps} kb/s", how, partial(as_mp3, kbps=kbps))


def _speed(speed: float) -> Perturbation:
    how = "resampled, the pitch goes along; each second is held against the song's own at that place"
    return Perturbation(f"speed {100 * (speed - 1):+.0f} %", how, partial(at_speed, speed=speed), speed)


PERTURBATIONS = (
    _gain(12.0),
    _gain(-12.0),
    Perturbation("+12 dB, clipped", "cut off at full scale", partial(clipped, gain_db=12.0)),
    Perturbation(
        "high-pass 20 Hz",
        f"Butterworth, order {HIGH_PASS_ORDER}",
        partial(filtered, kind="highpass", cutoff_hz=20.0, order=HIGH_PASS_ORDER),
    ),
    _low_pass(8_000.0),
    _low_pass(11_000.0),
    Perturbation("44.1 kHz", "resampled only, as the MP3s are before they are made", at_mp3_rate),
    *(_mp3(kbps) for kbps in (64, 128, 320)),
    _speed(1.02),
    _speed(0.98),
    Perturbation("left channel only", "a stereo file, its right channel silent", left_only),
    Perturbation("white noise", "20 dB below the song, seeded", partial(with_noise, snr_db=20.0)),
    Perturbation(
        "0.4 s earlier",
        "its start is lost; each second is held against the song's own at that place",
        partial(shifted, by_s=-0.4),
        starts_s=0.4,
    ),
    Perturbation("2 s of silence first", "which are not counted", partial(padded, before_s=2.0), starts_s=-2.0),
    Perturbation("first 10 s alone", "and nothing after them", partial(cut, end_s=10.0)),
    Perturbation("without 1 to 2 kHz", "an octave masked in the spectrum", partial(masked, low_hz=1e3, high_hz=2e3)),
)
