"""static/signal/resampler.js: mono; streaming against one-shot, length, gain, and the server's own resampler."""

from __future__ import annotations

import numpy as np
import pytest

from model.features import KaiserSinc
from model.features import Resampler as ServerResampler
from tests.page.browser import Page, packed

RATES_HZ = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 192000)
KERNEL = {"type": "kaiser_sinc", "zero_crossings": 16, "rolloff": 0.94, "kaiser_beta": 6.5}

SCRIPT = """
const [channels_base64, rate_hz, kernel, sizes] = args;
const { Resampler } = await load("signal/resampler.js");
const { loadDsp } = await load("signal/dsp.js");
const channels = channels_base64.map(unpack);
window.dsp ??= await loadDsp();
const resampler = new Resampler(rate_hz, 22050, kernel, dsp);
const output = [];
for (let at = 0, i = 0; at < channels[0].length; i += 1) {
  const size = sizes[i % sizes.length];
  output.push(...resampler.push(channels.map((samples) => samples.slice(at, at + size))));
  at += size;
}
return pack([...output, ...resampler.finish()]);
"""


def resampled(page: Page, samples: np.ndarray, rate_hz: int, sizes: tuple[int, ...]) -> np.ndarray:
    """What becomes of float32 [n] or [channels, n], pushed in blocks of these sizes again and again."""
    channels = [packed(channel) for channel in np.atleast_2d(samples)]
    return np.asarray(page.run(SCRIPT, channels, rate_hz, KERNEL, sizes))


def mono(page: Page, channels: list[np.ndarray]) -> np.ndarray:
    return resampled(page, np.stack(channels), 22_050, (33,))


def noise(n: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, n).astype(np.float32)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_blocks_of_any_size_give_the_samples_of_the_whole(shared_module_page: Page, rate_hz: int) -> None:
    samples = noise(rate_hz + 7)
    whole = resampled(shared_module_page, samples, rate_hz, (len(samples),))
    blocks = resampled(shared_module_page, samples, rate_hz, (1, 2, 999, 17, 4096))
    assert len(whole) == -(-len(samples) * 22050 // rate_hz)
    np.testing.assert_array_equal(blocks, whole)


@pytest.mark.parametrize("rate_hz", [*RATES_HZ, 44101])
def test_the_server_resamples_alike(shared_module_page: Page, rate_hz: int) -> None:
    samples = noise(5000, seed=rate_hz)
    server = ServerResampler(rate_hz, 22050, KaiserSinc())
    expected = np.concatenate([server.push(samples), server.finish()])
    np.testing.assert_allclose(resampled(shared_module_page, samples, rate_hz, (700,)), expected, rtol=0, atol=1e-6)


# No factor in common with 22,050 Hz: as many phases as there can be, and more taps than a table of them all may hold.
@pytest.mark.parametrize("rate_hz", [300_007, 767_999])
def test_high_rates_of_very_many_phases(shared_module_page: Page, rate_hz: int) -> None:
    samples = noise(3000, seed=rate_hz)
    whole = resampled(shared_module_page, samples, rate_hz, (len(samples),))
    np.testing.assert_allclose(whole, resampled_directly(samples, rate_hz, len(whole)), rtol=0, atol=1e-7)
    np.testing.assert_array_equal(resampled(shared_module_page, samples, rate_hz, (1, 999, 4096)), whole)


def resampled_directly(samples: np.ndarray, rate_hz: int, n: int) -> np.ndarray:
    """The n outputs by the sum that defines them: the server's table of so many phases takes long to make."""
    kernel, scale = KaiserSinc(), 22_050 / rate_hz
    width = kernel.zero_crossings / scale
    inputs = np.arange(-int(width) - 1, len(samples) + int(width) + 1)
    offset = np.arange(n)[:, np.newaxis] * rate_hz - inputs * 22_050  # from the filter's centre, exactly
    t = offset / 22_050
    taper = np.i0(kernel.kaiser_beta * np.sqrt(np.clip(1 - (t / width) ** 2, 0, None))) * (
        np.abs(offset) <= int(width * 22_050)
    )
    taps = np.sinc(kernel.rolloff * scale * t) * taper
    taps /= taps.sum(axis=1, keepdims=True)
    return np.asarray(taps[:, int(width) + 1 :][:, : len(samples)] @ samples.astype(np.float64))


def test_the_highest_rate_takes_little_memory(page: Page) -> None:
    """Of WebAssembly's, in which filters are kept: with a row of taps for each phase there it would be 197 MB."""
    page.run("""
    window.n_bytes = 0;
    WebAssembly.Memory = class extends WebAssembly.Memory {
      constructor(size) {
        super(size);
        n_bytes += this.buffer.byteLength;
      }
    };
    """)
    resampled(page, noise(100), 767_999, (100,))
    assert 0 < page.run("return n_bytes") < 10e6


@pytest.mark.parametrize("n_channels", [1, 2, 6])
def test_mono_is_the_mean_of_the_channels(shared_module_page: Page, n_channels: int) -> None:
    channels = [noise(100, seed=i) for i in range(n_channels)]
    expected = np.mean(channels, axis=0, dtype=np.float64).astype(np.float32)
    np.testing.assert_array_equal(mono(shared_module_page, channels), expected)


@pytest.mark.parametrize("n_channels", [1, 2, 6])
def test_samples_that_are_no_numbers_count_as_silence(shared_module_page: Page, n_channels: int) -> None:
    channels = [noise(100, seed=i) for i in range(n_channels)]
    channels[0][[3, 7, 8]] = np.nan, np.inf, -np.inf
    channels[-1][8] = np.inf  # with the other channel's infinity no number at all
    silenced = [np.nan_to_num(channel, posinf=0, neginf=0) for channel in channels]
    expected = np.mean(silenced, axis=0, dtype=np.float64).astype(np.float32)
    np.testing.assert_array_equal(mono(shared_module_page, channels), expected)


def test_channels_are_mixed_before_the_rate_is_changed(shared_module_page: Page) -> None:
    left, right = noise(40_000, seed=3), noise(40_000, seed=4)
    stereo = resampled(shared_module_page, np.stack([left, right]), 44_100, (1_152,))
    np.testing.assert_array_equal(stereo, resampled(shared_module_page, (left + right) / 2, 44_100, (40_000,)))


def test_streams_that_share_tables_do_not_hear_each_other(shared_module_page: Page) -> None:
    script = """
    const [a, b] = args.slice(0, 2).map(unpack);
    const { Resampler } = await load("signal/resampler.js");
    const { loadDsp } = await load("signal/dsp.js");
    const dsp = await loadDsp();
    const [first, second] = [0, 0].map(() => new Resampler(48000, 22050, args[2], dsp));
    const output = [];
    for (let at = 0; at < a.length; at += 500) {
      output.push(...first.push([a.slice(at, at + 500)]));
      second.push([b.slice(at, at + 500)]);
    }
    return pack([...output, ...first.finish()]);
    """
    samples = noise(10_000)
    found = shared_module_page.run(script, packed(samples), packed(noise(10_000, seed=2)), KERNEL)
    np.testing.assert_array_equal(found, resampled(shared_module_page, samples, 48_000, (10_000,)))


def test_a_constant_stays_itself(shared_module_page: Page) -> None:
    middle = resampled(shared_module_page, np.full(9000, 0.5, np.float32), 48000, (9000,))[200:-200]
    np.testing.assert_allclose(middle, 0.5, rtol=0, atol=1e-6)


def test_nothing_above_the_new_band_is_left(shared_module_page: Page) -> None:
    tone = np.sin(2 * np.pi * 15000 * np.arange(44100) / 44100)
    assert np.abs(resampled(shared_module_page, tone, 44100, (44100,))[200:-200]).max() < 1e-3


@pytest.mark.parametrize("n", [0, 1, 2])
def test_songs_of_next_to_no_samples(shared_module_page: Page, n: int) -> None:
    assert len(resampled(shared_module_page, noise(n), 48000, (1,))) == -(-n * 22050 // 48000)
