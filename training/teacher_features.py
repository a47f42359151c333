"""What the teacher hears: its own log-mels, framed so that every eighth frame is centred on one of ours.

After EfficientAT's `models/preprocess.py` (MIT; Schmid et al., 2023): 32 kHz, pre-emphasis 0.97, an 800-sample Hann
window (symmetric) in the middle of an FFT of 1024, 128 Kaldi mel bands, (ln(power + 1e-5) + 4.5) / 5. Its own hop is
320 samples. An eighth of ours is 310.4: to it the music is 3 % slower, and pitches stay.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from model.features import Array, Float32, Resampler, SignalChain
from training.teacher import TEACHER_N_FFT, TEACHER_PRE_EMPHASIS, TEACHER_RATE_HZ, kaldi_mel_filters

N_TEACHER_MELS = 128
TEACHER_WINDOW = 800  # samples
TEACHER_FLOOR = 1e-5  # power
FRAMES_PER_FRAME = 8  # of the teacher's per one of ours: its first three strides in time


def teacher_log_mel(samples: Float32, chain: SignalChain, n_frames: int) -> Float32:
    """Mono PCM [n] at the chain's rate to the teacher's view of its first `n_frames` frames, [8 * n_frames, 128].

    PCM that ends before the last frame does goes on in silence.
    """
    starts = _frame_starts(chain, n_frames * FRAMES_PER_FRAME)
    heard = _resampled(samples, chain)
    # The sample before each frame's first is needed for the pre-emphasis: one of silence comes first.
    padded = np.zeros(max(len(heard), starts[-1] + TEACHER_N_FFT) + 1)
    padded[1 : len(heard) + 1] = heard
    emphasised = padded[1:] - TEACHER_PRE_EMPHASIS * padded[:-1]
    frames = emphasised[starts[:, None] + np.arange(TEACHER_N_FFT)]
    power = np.abs(np.fft.rfft(frames * _window(), axis=1)) ** 2
    return np.asarray((np.log(power @ _filters().T + TEACHER_FLOOR) + 4.5) / 5, np.float32)


def _frame_starts(chain: SignalChain, n_frames: int) -> Array:
    """First samples, at the teacher's rate, of frames centred on each eighth of our hop from our first centre on."""
    centres_s = chain.frame_centre_s(np.arange(n_frames) / FRAMES_PER_FRAME)
    return np.asarray(np.round(centres_s * TEACHER_RATE_HZ).astype(int) - TEACHER_N_FFT // 2)


def _resampled(samples: Float32, chain: SignalChain) -> Float32:
    """From the chain's rate, so that the teacher hears the same band as we do."""
    resampler = Resampler(chain.sample_rate_hz, TEACHER_RATE_HZ, chain.resampler)
    return np.concatenate([resampler.push(samples), resampler.finish()])


@lru_cache(maxsize=1)
def _window() -> Array:
    edge = (TEACHER_N_FFT - TEACHER_WINDOW) // 2
    return np.pad(np.hanning(TEACHER_WINDOW), edge)


@lru_cache(maxsize=1)
def _filters() -> Array:
    return kaldi_mel_filters()
