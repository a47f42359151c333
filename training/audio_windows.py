"""Windows of sound cut from unlabelled music at random, and varied: speed, equalisation, two songs at once.

Nothing here knows genres. Windows are mono PCM at the signal chain's rate, as long as the network's window.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from model.audio import AudioLimits, open_audio
from model.contract import MINIMUM_DURATION_S, WindowLayout
from model.features import Float32, Resampler, SignalChain
from training.soundtools import Audio, added, as_audio, cut

LONGEST_SONG_S = 1800.0  # of an hour-long mix the first half: memory, and one recording need not outweigh others
DECODE_TIMEOUT_S = 600.0
SECONDS_A_WINDOW, FEWEST_WINDOWS, MOST_WINDOWS = 1.25, 2, 40
RATE_GRAIN_HZ = 450  # divides 22,050, so that the resampler's table for a changed speed stays small


@dataclass(frozen=True)
class Variation:
    """How far training windows may stray from their song."""

    speed: tuple[float, float] = (0.92, 1.09)  # pitch goes along
    equalised_share: float = 0.35
    equaliser_db: tuple[float, float] = (2.0, 7.0)  # standard deviation, drawn anew for each window
    mixed_share: float = 0.15
    mixed_level: tuple[float, float] = (0.3, 1.5)  # the other song's peak over the first one's


PEAK = (0.6, 1.0)  # every window's: the teacher, unlike our network, hears how loud it is
SILENT_PEAK = 1e-4  # what is quieter stays so


def read_sound(path: Path, longest_s: float = LONGEST_SONG_S) -> Audio:
    """A file's first `longest_s` seconds, mono, at its own rate. Raises AudioError or OSError where it has none."""
    blocks, n_samples = [], 0
    with open_audio(path, AudioLimits(timeout_s=DECODE_TIMEOUT_S)) as audio:
        for block in audio.mono():
            blocks.append(block)
            n_samples += len(block)
            if n_samples >= longest_s * audio.sample_rate_hz:
                break
        return as_audio(np.concatenate(blocks)[: int(longest_s * audio.sample_rate_hz)], audio.sample_rate_hz)


def window_samples(chain: SignalChain, layout: WindowLayout) -> int:
    """Samples at the chain's rate that a window is cut from: a hop more than its frames cover.

    The teacher's last frames are centred behind our last.
    """
    return chain.hop_length * layout.window_frames + chain.n_fft


def n_windows(duration_s: float) -> int:
    """How many windows to cut from a song: one for each 1.25 s, within limits; none from less than a second."""
    if duration_s < MINIMUM_DURATION_S:
        return 0
    return int(np.clip(duration_s // SECONDS_A_WINDOW, FEWEST_WINDOWS, MOST_WINDOWS))


def plain_window(song: Audio, n: int, chain: SignalChain, rng: np.random.Generator) -> Float32:
    """n samples from anywhere in the song, as they are; a shorter song repeats itself."""
    return _levelled(np.resize(_piece(song, n, 1.0, chain, rng), n), rng)


def varied_window(
    song: Audio, other: Audio | None, n: int, chain: SignalChain, how: Variation, rng: np.random.Generator
) -> Float32:
    """n samples from anywhere in the song, varied. A song too short goes on with the other one, then again."""

    def piece(sound: Audio) -> Float32:
        return _piece(sound, n, rng.uniform(*how.speed), chain, rng)

    window = piece(song)
    if len(window) < n and other is not None:
        window = np.concatenate([_levelled(window, rng), _levelled(piece(other), rng)])
    window, chance = np.resize(window, n), rng.random()
    if chance < how.equalised_share:
        window = equalised(window, rng.uniform(*how.equaliser_db), rng)
    elif chance < how.equalised_share + how.mixed_share and other is not None:
        second = np.resize(piece(other), n)
        level = rng.uniform(*how.mixed_level) * _peak(window) / _peak(second)
        window = added(_mono(window, chain), _mono(second, chain), level).samples[:, 0]
    return _levelled(window, rng)


def equalised(samples: Float32, sigma_db: float, rng: np.random.Generator) -> Float32:
    """Through a smooth random equaliser: seven random gains, straight lines between over the root of frequency."""
    place = np.sqrt(np.linspace(0, 1, len(samples) // 2 + 1)) * 6
    gain_db = np.interp(place, np.arange(7), rng.normal(0, sigma_db, 7))
    return np.asarray(np.fft.irfft(np.fft.rfft(samples) * 10 ** (gain_db / 20), len(samples)), np.float32)


def _piece(song: Audio, n: int, speed: float, chain: SignalChain, rng: np.random.Generator) -> Float32:
    """At most n samples at the chain's rate, from anywhere in the song played at about `speed`."""
    rate_hz = song.rate_hz
    if speed != 1:
        rate_hz = max(1, round(rate_hz * speed / RATE_GRAIN_HZ)) * RATE_GRAIN_HZ
    n_in = -(-n * rate_hz // chain.sample_rate_hz)
    start = int(rng.integers(max(0, len(song.samples) - n_in) + 1))
    resampler = Resampler(rate_hz, chain.sample_rate_hz, chain.resampler)
    piece = cut(song, start / song.rate_hz, (start + n_in) / song.rate_hz).samples[:, 0]
    return np.concatenate([resampler.push(piece), resampler.finish()])[:n]


def _mono(samples: Float32, chain: SignalChain) -> Audio:
    return Audio(samples[:, np.newaxis], chain.sample_rate_hz)


def _levelled(samples: Float32, rng: np.random.Generator) -> Float32:
    return np.asarray(samples * (rng.uniform(*PEAK) / _peak(samples)), np.float32)


def _peak(samples: Float32) -> float:
    return max(float(np.abs(samples).max(initial=0)), SILENT_PEAK)
