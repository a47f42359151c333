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
from model.features import Array, Float32, to_mono

MP3_RATES_HZ = (32_000, 44_100, 48_000)  # MPEG-1: the half rates, MPEG-2, end at 160 kb/s
MP3_KBPS = (32, 320)  # the lowest and highest constant bit rate of MPEG-1 layer III
HIGH_PASS_ORDER, LOW_PASS_ORDER = 4, 8  # 24 and 48 dB an octave
NOISE_SEED = 0


@dataclass(frozen=True)
class Audio:
    """PCM float32 [n, channels], full scale at ±1, and its rate."""

    samples: Float32
    rate_hz: int


@dataclass(frozen=True)
class Perturbation:
    """One thing that is done to songs. `speed` is how many seconds of the song a second of the result plays."""

    name: str
    how: str
    apply: Callable[[Audio], Audio]
    speed: float = 1.0


def amplified(audio: Audio, gain_db: float) -> Audio:
    """Louder or quieter, in floating point: nothing is clipped."""
    return _float32(audio.samples * 10 ** (gain_db / 20), audio.rate_hz)


def clipped(audio: Audio, gain_db: float) -> Audio:
    """Louder, and cut off at full scale."""
    louder = amplified(audio, gain_db)
    return Audio(louder.samples.clip(-1, 1), louder.rate_hz)


def filtered(audio: Audio, kind: str, cutoff_hz: float, order: int) -> Audio:
    """Through a Butterworth filter, 3 dB down at the cut-off. A cut-off beyond half the rate changes nothing."""
    if cutoff_hz >= audio.rate_hz / 2:
        return audio
    sections = signal.butter(order, cutoff_hz, kind, fs=audio.rate_hz, output="sos")
    return _float32(signal.sosfilt(sections, audio.samples, axis=0), audio.rate_hz)


def at_speed(audio: Audio, speed: float) -> Audio:
    """Faster or slower, pitch along with it, as a turntable does: resampled in the frequency domain."""
    return _float32(_resampled(audio.samples, round(len(audio.samples) / speed)), audio.rate_hz)


def with_noise(audio: Audio, snr_db: float) -> Audio:
    """With white Gaussian noise up to half the rate, the same in all channels, `snr_db` below the mono mix's power."""
    mono = to_mono(audio.samples).astype(np.float64)
    level = np.sqrt(np.mean(mono**2)) * 10 ** (-snr_db / 20)
    noise = np.random.default_rng(NOISE_SEED).normal(0, level, (len(mono), 1))
    return _float32(audio.samples + noise, audio.rate_hz)


def left_only(audio: Audio) -> Audio:
    """As a decoded stereo file with a silent right channel. To a mix, a mono song is 6 dB quieter then."""
    left = audio.samples[:, :1]
    return _through_file(Audio(np.hstack([left, np.zeros_like(left)]), audio.rate_hz), "WAV", subtype="FLOAT")


def at_mp3_rate(audio: Audio) -> Audio:
    """At 44.1 kHz unless the rate is one of MPEG-1's: what the MP3 files are made of."""
    if audio.rate_hz in MP3_RATES_HZ:
        return audio
    n = round(len(audio.samples) * 44_100 / audio.rate_hz)
    return _float32(_resampled(audio.samples, n), 44_100)


def as_mp3(audio: Audio, kbps: int) -> Audio:
    """As a decoded MP3 file of LAME's, joint stereo at a constant bit rate. Of mono songs both channels are equal.

    Songs of more than two channels are mixed to mono first.
    """
    source, (lowest, highest) = at_mp3_rate(audio), MP3_KBPS
    stereo = source.samples
    if stereo.shape[1] != 2:
        stereo = np.repeat(to_mono(stereo)[:, np.newaxis], 2, axis=1)
    level = (highest - kbps) / (highest - lowest)  # libsndfile's 0 to 1
    return _through_file(Audio(stereo, source.rate_hz), "MP3", bitrate_mode="CONSTANT", compression_level=level)


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


def _resampled(samples: Float32, n: int) -> Array:
    """n samples for the same time. In the frequency domain: what both rates can hold stays exactly as it is."""
    return np.asarray(signal.resample(samples.astype(np.float64), n, axis=0))


def _float32(samples: Array, rate_hz: int) -> Audio:
    return Audio(np.asarray(samples, np.float32), rate_hz)


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
)
