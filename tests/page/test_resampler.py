"""static/signal/resampler.js: streaming against one-shot, its length, its gain, and the server's own resampler."""

from __future__ import annotations

import numpy as np
import pytest

from model.features import KaiserSinc
from model.features import Resampler as ServerResampler
from tests.page.browser import Page, packed

RATES_HZ = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 192000)
KERNEL = {"type": "kaiser_sinc", "zero_crossings": 16, "rolloff": 0.94, "kaiser_beta": 6.5}

SCRIPT = """
const [samples_base64, rate_hz, kernel, sizes] = args;
const { Resampler } = await load("signal/resampler.js");
const { loadDsp } = await load("signal/dsp.js");
const samples = unpack(samples_base64);
const resampler = new Resampler(rate_hz, 22050, kernel, await loadDsp());
const output = [];
for (let at = 0, i = 0; at < samples.length; i += 1) {
  const size = sizes[i % sizes.length];
  output.push(...resampler.push(samples.slice(at, at + size)));
  at += size;
}
return pack([...output, ...resampler.finish()]);
"""


def resampled(page: Page, samples: np.ndarray, rate_hz: int, sizes: tuple[int, ...]) -> np.ndarray:
    return np.asarray(page.run(SCRIPT, packed(samples), rate_hz, KERNEL, sizes))


def noise(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, n).astype(np.float32)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_blocks_of_any_size_give_the_samples_of_the_whole(module_page: Page, rate_hz: int) -> None:
    samples = noise(rate_hz // 3)
    whole = resampled(module_page, samples, rate_hz, (len(samples),))
    blocks = resampled(module_page, samples, rate_hz, (1, 2, 999, 17, 4096))
    assert len(whole) == -(-len(samples) * 22050 // rate_hz)
    np.testing.assert_array_equal(blocks, whole)


@pytest.mark.parametrize("rate_hz", [*RATES_HZ, 44101])
def test_the_server_resamples_alike(module_page: Page, rate_hz: int) -> None:
    samples = noise(5000, seed=rate_hz)
    server = ServerResampler(rate_hz, 22050, KaiserSinc())
    expected = np.concatenate([server.push(samples), server.finish()])
    np.testing.assert_allclose(resampled(module_page, samples, rate_hz, (700,)), expected, rtol=0, atol=1e-6)


def test_a_constant_stays_itself(module_page: Page) -> None:
    middle = resampled(module_page, np.full(9000, 0.5, np.float32), 48000, (9000,))[200:-200]
    np.testing.assert_allclose(middle, 0.5, rtol=0, atol=1e-6)


def test_nothing_above_the_new_band_is_left(module_page: Page) -> None:
    tone = np.sin(2 * np.pi * 15000 * np.arange(44100) / 44100)
    assert np.abs(resampled(module_page, tone, 44100, (44100,))[200:-200]).max() < 1e-3


@pytest.mark.parametrize("n", [0, 1, 2])
def test_songs_of_next_to_no_samples(module_page: Page, n: int) -> None:
    assert len(resampled(module_page, noise(n), 48000, (1,))) == -(-n * 22050 // 48000)
