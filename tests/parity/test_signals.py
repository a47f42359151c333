"""tests/parity/signals.py: the signals are what their names say."""

from __future__ import annotations

import numpy as np
import pytest

from tests.parity.signals import DURATION_S, KINDS, RATES_HZ, Samples


def mono(kind: str, rate_hz: int) -> Samples:
    (samples,) = KINDS[kind](rate_hz)
    return samples


def level_db(samples: Samples) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2))))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rate_hz", [RATES_HZ[0], RATES_HZ[-1]])
def test_every_channel_lasts_as_long_and_is_the_same_each_time(kind: str, rate_hz: int) -> None:
    first, again = KINDS[kind](rate_hz), KINDS[kind](rate_hz)
    assert {len(channel) for channel in first} == {DURATION_S * rate_hz}
    np.testing.assert_array_equal(first, again)
    assert np.all(np.isfinite(first))


@pytest.mark.parametrize(("kind", "pitch_hz"), [("sine 1 kHz", 1000), ("sine 0.9 Nyquist", 19_845)])
def test_sines_have_their_pitch(kind: str, pitch_hz: float) -> None:
    spectrum = np.abs(np.fft.rfft(mono(kind, 44_100)))
    assert spectrum.argmax() / DURATION_S == pytest.approx(pitch_hz, abs=1)


def test_the_sweep_passes_the_geometric_mean_of_its_ends_halfway() -> None:
    sweep = mono("sweep 20 Hz to Nyquist", 48_000)
    middle = sweep[48_000 - 2048 : 48_000 + 2048] * np.hanning(4096)
    halfway_hz = np.abs(np.fft.rfft(middle)).argmax() * 48_000 / 4096
    assert halfway_hz == pytest.approx(np.sqrt(20 * 24_000), rel=0.03)


def test_pink_noise_falls_by_3_db_an_octave() -> None:
    power = np.abs(np.fft.rfft(mono("pink noise", 44_100))) ** 2
    octaves = [power[200 * 2**k : 400 * 2**k].sum() for k in range(7)]
    np.testing.assert_allclose(octaves / np.mean(octaves), 1, atol=0.3)


def test_quiet_noise_is_quiet_and_denormal_noise_denormal() -> None:
    assert level_db(mono("noise at -90 dB", 22_050)) == pytest.approx(-90, abs=0.2)
    denormal = np.abs(mono("denormal noise", 22_050).astype(np.float32))
    assert 0 < denormal.max() < np.finfo(np.float32).tiny


def test_the_channels_stand_as_their_names_say() -> None:
    left, right = KINDS["stereo, anti-phase"](8_000)
    np.testing.assert_array_equal(left, -right)
    left, right = KINDS["stereo, correlated"](8_000)
    assert 0.9 < np.corrcoef(left, right)[0, 1] < 0.999
    left, right = KINDS["stereo, unrelated"](8_000)
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.1
    assert not KINDS["stereo, left only"](8_000)[1].any()
    assert not KINDS["stereo, right only"](8_000)[0].any()
