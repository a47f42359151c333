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

from dataclasses import dataclass, field
from functools import lru_cache
from math import gcd
from typing import Any

import numpy as np
import numpy.typing as npt

Float32 = npt.NDArray[np.float32]
Array = npt.NDArray[Any]


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

    def frame_centre_s(self, frame: float) -> float:
        """The time in the song, in seconds, that a (fractional) frame number is centred on."""
        return (frame * self.hop_length + self.n_fft / 2) / self.sample_rate_hz


def to_mono(pcm: Float32) -> Float32:
    """The mean of the channels: float32 [n, channels] to [n]. (ffmpeg's own down-mix is 3 dB louder.)"""
    return np.asarray(pcm[:, 0] if pcm.shape[1] == 1 else pcm.mean(axis=1, dtype=np.float32))


@lru_cache(maxsize=16)
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


class Resampler:
    """Streaming change of sample rate: the blocks' outputs, joined, are those of the whole song at once."""

    def __init__(self, rate_in_hz: int, rate_out_hz: int, kernel: KaiserSinc) -> None:
        divisor = gcd(rate_in_hz, rate_out_hz)
        self._up, self._down = rate_out_hz // divisor, rate_in_hz // divisor
        self._filter = resampling_filter(self._up, self._down, kernel)
        self._half = len(self._filter) // 2
        # upfirdn counts from the filter's first tap: zeros in front put its centre on an output sample.
        lead = -self._half % self._down
        # float64, so that the sums round once: float32 sums would move quiet mel bands by more than 1e-3 dB.
        self._padded = np.concatenate([np.zeros(lead), self._filter.astype(np.float64)])
        self._delay = (self._half + lead) // self._down
        self._reach = -(-self._half // self._up)  # input samples that an output sample needs on each side
        self._kept = np.zeros(0, np.float32)
        self._kept_from = 0  # number of the first kept input sample, always a multiple of `down`
        self._n_in = 0
        self._n_out = 0

    def push(self, samples: Float32) -> Float32:
        """Take float32 [n] and give what is now certain, float32 [m]."""
        if self._up == self._down:
            return samples
        self._kept = np.concatenate([self._kept, samples])
        self._n_in += len(samples)
        last_complete = (self._n_in - 1 - self._reach) * self._up // self._down
        return self._take(max(self._n_out, last_complete + 1))

    def finish(self) -> Float32:
        """The rest, as if the song went on in silence: ceil(n_in * up / down) samples in all."""
        if self._up == self._down:
            return np.zeros(0, np.float32)
        return self._take(-(-self._n_in * self._up // self._down))

    def _take(self, n_out: int) -> Float32:
        from scipy.signal import upfirdn  # here: 0.4 s to import, and the page must be up at once

        count = n_out - self._n_out
        if count <= 0:
            return np.zeros(0, np.float32)
        first = self._n_out - self._kept_from * self._up // self._down + self._delay
        block = upfirdn(self._padded, self._kept, self._up, self._down)[first : first + count]
        block = np.pad(block, (0, count - len(block)))
        self._n_out = n_out
        needed_from = n_out * self._down // self._up - self._reach
        drop = max(0, (needed_from - self._kept_from) // self._down * self._down)
        self._kept, self._kept_from = self._kept[drop:], self._kept_from + drop
        return np.asarray(block, np.float32)


@lru_cache(maxsize=4)
def hann_window(n_fft: int) -> npt.NDArray[np.float64]:
    """The periodic Hann window [n_fft]."""
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n_fft) / n_fft))


def log_mel_of_frames(frames: Float32, mel_filters: Float32, chain: SignalChain) -> Float32:
    """float32 [n, n_fft] to [n, n_mels] in dB."""
    from scipy.fft import rfft

    spectrum = rfft(frames * hann_window(chain.n_fft), axis=1)
    power = spectrum.real**2 + spectrum.imag**2
    mel = power @ mel_filters.T.astype(np.float64)
    return np.asarray(10 * np.log10(np.maximum(mel, chain.power_floor)), np.float32)


class LogMelStream:
    """PCM blocks in, log-mel frames out, one song long.

    Parameters: the chain, the mel filter matrix float32 [n_mels, n_fft / 2 + 1], and the song's own rate in Hz.
    """

    def __init__(self, chain: SignalChain, mel_filters: Float32, sample_rate_hz: int) -> None:
        self._chain, self._mel_filters, self._rate_hz = chain, mel_filters, sample_rate_hz
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

    def _frames(self, samples: Float32) -> Float32:
        chain = self._chain
        self._pending = np.concatenate([self._pending, samples])
        if len(self._pending) < chain.n_fft:
            return np.zeros((0, chain.n_mels), np.float32)
        frames = np.lib.stride_tricks.sliding_window_view(self._pending, chain.n_fft)[:: chain.hop_length]
        log_mel = log_mel_of_frames(frames, self._mel_filters, chain)
        self._pending = self._pending[len(frames) * chain.hop_length :]
        return log_mel
