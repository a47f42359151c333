"""What stands between the synthesiser and the listener: amplifier, rumble filter, limiter. Pure arrays."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from tests.songs.score import Amp

Stereo = npt.NDArray[np.float32]  # [n_samples, 2]
Response = npt.NDArray[np.float64]  # [n_frequencies], and the frequencies themselves
_OVERSAMPLING = 4  # a waveshaper makes overtones above the Nyquist frequency, which would fold back


def rms(sound: Stereo) -> float:
    """Root mean square over both channels, never 0 (so that one may divide by it)."""
    return float(np.sqrt(np.mean(np.square(sound, dtype=np.float64)))) + 1e-12


def without_rumble(sound: Stereo, sample_rate_hz: int) -> Stereo:
    """The sound without what lies under 30 Hz."""
    return _filtered(sound, sample_rate_hz, lambda hz: _high_pass(hz, 30.0, 4))


def amplify(sound: Stereo, amp: Amp, sample_rate_hz: int) -> Stereo:
    """A guitar amplifier for each channel: tight bass in, tanh for the valves, a cabinet's response."""
    tight = _filtered(sound, sample_rate_hz, lambda hz: _high_pass(hz, 110.0, 2))
    driven = _oversampled(tight / rms(tight) * np.float32(10 ** ((amp.drive_db - 18) / 20)))
    valves = _decimated(np.tanh(driven + 0.15) - np.float32(np.tanh(0.15)))[: len(sound)]

    def cabinet(hz: Response) -> Response:
        presence = 1 + 0.8 * np.exp(-((np.log2(np.maximum(hz, 1) / 2600) / 0.6) ** 2))
        treble: Response = presence / (1 + (hz / 4800.0) ** 5)
        return _high_pass(hz, 75.0, 4) * treble

    voiced = _filtered(valves, sample_rate_hz, cabinet)
    if amp.echo_s:
        late = round(amp.echo_s * sample_rate_hz)
        voiced[late:] += 0.3 * voiced[:-late, ::-1].copy()
    return voiced


def limit(sound: Stereo, ceiling: float, sample_rate_hz: int) -> Stereo:
    """The sound within ±ceiling: the gain goes down ahead of a peak and comes back after it."""
    look_ahead = round(0.004 * sample_rate_hz)
    needed = np.minimum(1.0, ceiling / np.maximum(np.abs(sound).max(axis=1), 1e-9))
    padded = np.pad(needed, look_ahead, mode="edge")
    held = np.lib.stride_tricks.sliding_window_view(padded, 2 * look_ahead + 1).min(axis=1)
    # The mean over half the hold still lies below what each peak needs: all that it averages does.
    kernel = np.ones(look_ahead + look_ahead % 2 + 1)
    smooth = np.convolve(np.pad(held, len(kernel) // 2, mode="edge"), kernel / len(kernel), mode="valid")
    return np.asarray(sound * smooth[:, None], np.float32)


def _high_pass(hz: Response, corner_hz: float, order: int) -> Response:
    ratio: Response = (hz / corner_hz) ** order
    return ratio / (1 + ratio)


def _filtered(sound: Stereo, sample_rate_hz: int, response: Callable[[Response], Response]) -> Stereo:
    """Zero-phase: the spectrum times `response(hz)`; half a second of padding keeps end and start apart."""
    n_padded = _fast_length(len(sound) + sample_rate_hz // 2)
    gain = response(np.fft.rfftfreq(n_padded, 1 / sample_rate_hz))
    spectrum = np.fft.rfft(sound, n_padded, axis=0) * gain[:, None]
    return np.fft.irfft(spectrum, n_padded, axis=0)[: len(sound)].astype(np.float32)


def _oversampled(sound: Stereo) -> Stereo:
    n_padded = _fast_length(len(sound))
    spectrum = np.fft.rfft(sound, n_padded, axis=0)
    return (np.fft.irfft(spectrum, n_padded * _OVERSAMPLING, axis=0) * _OVERSAMPLING).astype(np.float32)


def _decimated(sound: Stereo) -> Stereo:
    n_kept = len(sound) // _OVERSAMPLING
    spectrum = np.fft.rfft(sound, axis=0)[: n_kept // 2 + 1]
    return (np.fft.irfft(spectrum, n_kept, axis=0) / _OVERSAMPLING).astype(np.float32)


def _fast_length(n: int) -> int:
    """The next multiple of 2^14: short prime factors, quick to transform."""
    return -(-n // 2**14) * 2**14
