"""The signal chain: PCM of any rate and channel count to log-mel frames.

Every number of the chain stands here, once. `export` freezes them into contract.json, and both the server and
the page read them from there.

Conventions
-----------
- PCM is float32 [n, channels], full scale at ±1. Mono is the mean of the channels.
- Frame k covers the samples [k * hop_length, k * hop_length + n_fft) of the resampled song: no padding, so that
  live input and files agree and no frame sees the future.
- log_mel is float32 [frames, n_mels], in dB: 10 log10 of the power in a Slaney mel band (Slaney, "Auditory
  Toolbox", 1998; librosa's default).
- The resampler is a Kaiser-windowed sinc (Smith, "Digital Audio Resampling", CCRMA), each polyphase branch
  normalised to unit gain at DC.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from math import gcd
from typing import Any

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
Float64 = npt.NDArray[np.float64]
Array = npt.NDArray[Any]

# How many outputs, or mel bands, one matrix product makes: few let it compute many zeros, many slow BLAS down.
BAND_OUTPUTS = 16
PART_BANDS = 16


@dataclass(frozen=True)
class KaiserSinc:
    """The resampling filter: half width in zero crossings, pass band as a share of Nyquist, Kaiser's beta."""

    zero_crossings: int = 16
    rolloff: float = 0.94
    kaiser_beta: float = 6.5


@dataclass(frozen=True)
class SignalChain:
    """Every number between PCM and log_mel. The defaults are those of the log-mel archive the network learns from."""

    sample_rate_hz: int = 22_050
    n_fft: int = 2048
    hop_length: int = 1711
    n_mels: int = 128
    power_floor: float = 1e-10
    resampler: KaiserSinc = field(default_factory=KaiserSinc)

    @property
    def frame_rate_hz(self) -> float:
        """Frames a second."""
        return self.sample_rate_hz / self.hop_length

    def duration_s(self, n_frames: int) -> float:
        """Seconds from the first sample of the first frame to the last of the last."""
        return ((n_frames - 1) * self.hop_length + self.n_fft) / self.sample_rate_hz

    def n_frames(self, n_samples: int) -> int:
        """Whole frames in so many samples, below 1 where there is none."""
        return (n_samples - self.n_fft) // self.hop_length + 1

    def frame_centre_s(self, frame: Array) -> Array:
        """The times in the song, in seconds, that (fractional) frame numbers are centred on."""
        return np.asarray((frame * self.hop_length + self.n_fft / 2) / self.sample_rate_hz)


def to_mono(pcm: Float32) -> Float32:
    """The mean of the channels: float32 [n, channels] to [n]. (ffmpeg's own down-mix is 3 dB louder.)"""
    n_channels = pcm.shape[1]
    if n_channels == 1:
        return pcm[:, 0]
    mono = pcm[:, 0] + pcm[:, 1]  # channel by channel: NumPy's mean over so short an axis takes twenty times as long
    for channel in range(2, n_channels):
        mono += pcm[:, channel]
    mono /= np.float32(n_channels)
    return mono


def resampling_filter(up: int, down: int, kernel: KaiserSinc) -> Float32:
    """The low-pass prototype [2 * half + 1] at `up` times the input rate, centred on index `half`.

    Branch φ (indices ≡ half + φ modulo `up`) sums to 1.
    """
    scale = min(1.0, up / down)
    half = int(np.floor(kernel.zero_crossings / scale * up))
    offset = np.arange(-half, half + 1) / up  # in input samples
    width = kernel.zero_crossings / scale
    taper = np.i0(kernel.kaiser_beta * np.sqrt(np.clip(1 - (offset / width) ** 2, 0, None)))
    prototype = np.sinc(kernel.rolloff * scale * offset) * taper
    for branch in range(min(up, len(prototype))):
        prototype[branch::up] /= prototype[branch::up].sum()
    return np.asarray(prototype, np.float32)


def _rows(samples: Array, n: int, length: int, hop: int) -> Array:
    """[n, length]: row k shows samples[k * hop:][:length], uncopied. (NumPy's own windows take long to make.)"""
    step = samples.itemsize
    return np.ndarray((n, length), samples.dtype, samples, strides=(hop * step, step))


@dataclass(frozen=True)
class Band:
    """What `n` neighbouring outputs of each period take: the inputs from `first` on, times taps [inputs, n]."""

    first: int
    taps: Float64


@dataclass(frozen=True)
class ResamplingTable:
    """The filter as matrices. After `period_in` inputs and as many outputs as the bands have, it repeats itself."""

    bands: tuple[Band, ...]
    period_in: int
    reach: int  # inputs that the first output needs before its own place

    @property
    def period_out(self) -> int:
        """Outputs of all bands together."""
        return sum(band.taps.shape[1] for band in self.bands)

    @property
    def span(self) -> int:
        """Inputs that one period needs, from `reach` before its start."""
        return max(band.first + len(band.taps) for band in self.bands)


@lru_cache(maxsize=4)
def resampling_table(up: int, down: int, kernel: KaiserSinc) -> ResamplingTable:
    """Output n is the sum over inputs i of the filter at half + n * down - i * up; i counts from `reach` before 0."""
    prototype = resampling_filter(up, down, kernel).astype(np.float64)
    half = len(prototype) // 2
    reach = half // up
    # Whole periods, of which each is at least as long as a band: rows of inputs then are plain matrices to BLAS.
    longest = (2 * half + (BAND_OUTPUTS - 1) * down) // up + 1
    periods = max(-(-longest // down), -(-BAND_OUTPUTS // up))
    bands = []
    for begin in range(0, periods * up, BAND_OUTPUTS):
        outputs = np.arange(begin, min(begin + BAND_OUTPUTS, periods * up))
        first, last = -((half - outputs[0] * down) // up), (half + outputs[-1] * down) // up
        index = half + outputs * down - np.arange(first, last + 1)[:, np.newaxis] * up
        taps = np.where((index >= 0) & (index <= 2 * half), prototype[np.clip(index, 0, 2 * half)], 0)
        bands.append(Band(int(first) + reach, taps))
    return ResamplingTable(tuple(bands), periods * down, reach)


class Resampler:
    """Streaming change of sample rate: the blocks' outputs, joined, are those of the whole song at once.

    Sums are made in float64, so that they round once: float32 sums would move quiet mel bands by more than 1e-3 dB.
    """

    def __init__(self, rate_in_hz: int, rate_out_hz: int, kernel: KaiserSinc) -> None:
        divisor = gcd(rate_in_hz, rate_out_hz)
        self._up, self._down = rate_out_hz // divisor, rate_in_hz // divisor
        self._table = resampling_table(self._up, self._down, kernel)
        self._kept: Float64 = np.zeros(self._table.reach)  # inputs still needed; before the song there is silence
        self._n_in = 0
        self._n_out = 0

    def push(self, samples: Float32) -> Float32:
        """Take float32 [n] and give what is now certain, float32 [m]."""
        if self._up == self._down:
            return samples
        self._n_in += len(samples)
        return self._take(samples)

    def finish(self) -> Float32:
        """The rest, as if the song went on in silence: ceil(n_in * up / down) samples in all."""
        if self._up == self._down:
            return np.zeros(0, np.float32)
        rest = -(-self._n_in * self._up // self._down) - self._n_out
        return self._take(np.zeros(self._table.span + self._table.period_in, np.float32))[:rest]

    def _take(self, samples: Float32) -> Float32:
        """The outputs of all periods whose inputs are complete."""
        table = self._table
        inputs = np.empty(len(self._kept) + len(samples))
        inputs[: len(self._kept)], inputs[len(self._kept) :] = self._kept, samples
        n_periods = (len(inputs) - table.span) // table.period_in + 1
        if n_periods <= 0:
            self._kept = inputs
            return np.zeros(0, np.float32)
        outputs = np.empty((n_periods, table.period_out))
        done = 0
        for band in table.bands:
            n_inputs, n_outputs = band.taps.shape
            rows = _rows(inputs[band.first :], n_periods, n_inputs, table.period_in)
            np.matmul(rows, band.taps, out=outputs[:, done : done + n_outputs])
            done += n_outputs
        self._kept = inputs[n_periods * table.period_in :]
        self._n_out += outputs.size
        return outputs.ravel().astype(np.float32)


@lru_cache(maxsize=4)
def hann_window(n_fft: int) -> Float64:
    """The periodic Hann window [n_fft]."""
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft))


@dataclass(frozen=True)
class MelPart:
    """Some neighbouring mel bands: their weights [bins, bands] on the few bins that they hear."""

    bins: slice
    bands: slice
    weights: Float64


def mel_parts(mel_filters: Float32) -> list[MelPart]:
    """A filter matrix [n_mels, bins] without most of its zeros: a band hears a handful of bins."""
    parts = []
    for begin in range(0, len(mel_filters), PART_BANDS):
        bands = slice(begin, begin + PART_BANDS)
        heard = np.flatnonzero(mel_filters[bands].any(axis=0))
        bins = slice(heard.min(initial=len(mel_filters[0])), heard.max(initial=-1) + 1)
        parts.append(MelPart(bins, bands, mel_filters[bands, bins].T.astype(np.float64)))
    return parts


def log_mel_of_frames(frames: Float32, mel_filters: Float32, chain: SignalChain) -> Float32:
    """float32 [n, n_fft] to [n, n_mels] in dB."""
    return _log_mel(frames, mel_parts(mel_filters), chain)


def _log_mel(frames: Array, parts: list[MelPart], chain: SignalChain) -> Float32:
    spectrum = np.fft.rfft(frames * hann_window(chain.n_fft), axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    mel = np.empty((len(frames), chain.n_mels))
    for part in parts:
        np.matmul(power[:, part.bins], part.weights, out=mel[:, part.bands])
    return np.asarray(10 * np.log10(np.maximum(mel, chain.power_floor)), np.float32)


class LogMelStream:
    """PCM blocks in, log-mel frames out, one song long.

    Parameters: the chain, the mel filter matrix float32 [n_mels, n_fft / 2 + 1], and the song's own rate in Hz.
    """

    def __init__(self, chain: SignalChain, mel_filters: Float32, sample_rate_hz: int) -> None:
        self._chain, self._mel_parts, self._rate_hz = chain, mel_parts(mel_filters), sample_rate_hz
        self._resampler = Resampler(sample_rate_hz, chain.sample_rate_hz, chain.resampler)
        self._pending = np.zeros(0, np.float32)
        self._n_samples = 0

    @property
    def duration_s(self) -> float:
        """Seconds of song seen so far, at its own rate."""
        return self._n_samples / self._rate_hz

    def push(self, pcm: Float32) -> Float32:
        """Take float32 [n, channels] and give the frames that are now complete, [m, n_mels]."""
        self._n_samples += len(pcm)
        return self._frames(self._resampler.push(to_mono(pcm)))

    def finish(self) -> Float32:
        """The frames that the resampler still held back, [m, n_mels]."""
        return self._frames(self._resampler.finish())

    def whole(self, blocks: Iterable[Float32]) -> Float32:
        """The frames of a whole song [frames, n_mels], from its blocks [n, channels]."""
        return np.concatenate([*(self.push(block) for block in blocks), self.finish()])

    def _frames(self, samples: Float32) -> Float32:
        chain = self._chain
        self._pending = np.concatenate([self._pending, samples])
        n_frames = chain.n_frames(len(self._pending))
        if n_frames <= 0:
            return np.zeros((0, chain.n_mels), np.float32)
        exact = self._pending.astype(np.float64)  # before frames overlap: each sample once
        frames = _rows(exact, n_frames, chain.n_fft, chain.hop_length)
        log_mel = _log_mel(frames, self._mel_parts, chain)
        self._pending = self._pending[n_frames * chain.hop_length :]
        return log_mel
