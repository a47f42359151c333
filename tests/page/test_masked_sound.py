"""static/explain: a part of a sound, by time and frequency, made sound again."""

from __future__ import annotations

import numpy as np
import pytest

from model.contract import load_contract
from tests.page.browser import Page, packed
from tests.support import REPOSITORY

CHAIN = load_contract(REPOSITORY / "model").chain
N_FRAMES = 24
SCRIPT = """
const [samples, masks] = [unpack(args[0]), args[1].map(unpack)];
const { fetchContract } = await load("contract.js");
const { Explainer } = await load("explain/explainer.js");
const explainer = new Explainer(await fetchContract(contractUrl), contractUrl);
const parts = await explainer.through(samples, masks);
explainer.end();
return parts.map(pack);
"""


def noise() -> np.ndarray:
    """White, as long as the frames are."""
    n = (N_FRAMES - 1) * CHAIN.hop_length + CHAIN.n_fft
    return np.random.default_rng(5).normal(0, 0.1, n).astype(np.float32)


def parts(page: Page, samples: np.ndarray, *masks: np.ndarray) -> list[np.ndarray]:
    return list(page.run(SCRIPT, packed(samples), [packed(mask) for mask in masks]))


def power_db(samples: np.ndarray, low_hz: float, high_hz: float) -> float:
    """Of a band of it."""
    powers = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / CHAIN.sample_rate_hz)
    return float(10 * np.log10(powers[(hz >= low_hz) & (hz < high_hz)].mean() + 1e-12))


def test_all_of_a_sound_is_the_sound_and_nothing_of_it_is_silence(module_page: Page) -> None:
    samples = noise()
    everything, nothing = parts(module_page, samples, *(np.full((N_FRAMES, CHAIN.n_mels), share) for share in (1, 0)))
    np.testing.assert_allclose(everything, samples, rtol=0, atol=1e-4)
    assert not nothing.any()


def test_a_part_sounds_where_the_mask_lets_it(module_page: Page) -> None:
    samples = noise()
    mask = np.zeros((N_FRAMES, CHAIN.n_mels))
    mask[12:, 64:96] = 1  # slaney's mel scale: from 2 to 4.6 kHz
    (part,) = parts(module_page, samples, mask)
    later = part[14 * CHAIN.hop_length :]
    assert power_db(later, 2200, 4300) == pytest.approx(power_db(samples[-len(later) :], 2200, 4300), abs=0.5)
    for low_hz, high_hz in ((0, 1700), (5200, 11000)):
        assert power_db(later, low_hz, high_hz) < power_db(samples, low_hz, high_hz) - 40
    assert np.abs(part[: 10 * CHAIN.hop_length]).max() < 1e-6


def test_a_part_is_never_louder_than_the_sound(module_page: Page) -> None:
    time_s = np.arange(len(noise())) / CHAIN.sample_rate_hz
    square = 0.5 * np.sign(np.sin(2 * np.pi * 220 * time_s)).astype(np.float32)  # its first harmonic swings wider
    mask = np.zeros((N_FRAMES, CHAIN.n_mels))
    mask[:, :14] = 1
    (part,) = parts(module_page, square, mask)
    assert np.abs(part).max() == pytest.approx(0.5, abs=1e-3)
