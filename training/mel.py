"""The mel filter matrix, made once by librosa and from then on a file that everyone loads."""

from __future__ import annotations

import numpy as np
from librosa.filters import mel

from model.features import Float32, SignalChain


def slaney_mel_filters(chain: SignalChain) -> Float32:
    """Slaney's area-normalised triangles from 0 Hz to Nyquist, float32 [n_mels, n_fft / 2 + 1]."""
    return np.asarray(mel(sr=chain.sample_rate_hz, n_fft=chain.n_fft, n_mels=chain.n_mels), np.float32)
