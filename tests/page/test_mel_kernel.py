"""static/signal/mel-kernel.js: spectra against NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.page.browser import Page, PageError, packed

# As many bands as bins, each one bin: the power spectra themselves.
POWERS = """
const [a_base64, b_base64] = args;
const { loadDsp } = await load("signal/dsp.js");
const [a, b] = [unpack(a_base64), unpack(b_base64)];
const n_fft = a.length;
const n_mels = n_fft / 2 + 1;
const each_bin = Float32Array.from({ length: n_mels ** 2 }, (_, i) => Number(i % (n_mels + 1) === 0));
return [...(await loadDsp()).melKernel({ n_fft, n_mels }, each_bin).powers(a, b)];
"""


@pytest.mark.parametrize("n", [4, 8, 16, 256, 512, 2048])
def test_power_spectra_of_two_frames(shared_module_page: Page, n: int) -> None:
    frames = np.random.default_rng(n).normal(size=(2, n)).astype(np.float32)
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(n) / n)
    expected = np.abs(np.fft.rfft(frames * window, axis=1)) ** 2
    found = np.reshape(shared_module_page.run(POWERS, *map(packed, frames)), (-1, 2)).T
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12)


def test_a_frame_does_not_hear_the_one_beside_it(shared_module_page: Page) -> None:
    quiet, loud = np.random.default_rng(1).normal(size=(2, 2048)).astype(np.float32) * [[1e-5], [1e5]]
    beside_itself = np.reshape(shared_module_page.run(POWERS, packed(quiet), packed(quiet)), (-1, 2))
    beside_loud = np.reshape(shared_module_page.run(POWERS, packed(loud), packed(quiet)), (-1, 2))
    np.testing.assert_array_equal(beside_itself[:, 0], beside_itself[:, 1])
    np.testing.assert_array_equal(beside_loud[:, 1], beside_itself[:, 1])


@pytest.mark.parametrize("n", [2, 6, 2000])
def test_lengths_it_cannot_do_are_refused(shared_module_page: Page, n: int) -> None:
    with pytest.raises(PageError, match=f"RangeError: frame length is {n}, must be a power of two"):
        shared_module_page.run(POWERS, packed(np.zeros(n)), packed(np.zeros(n)))


def test_mel_rows_without_their_zeros_are_the_same_rows(shared_module_page: Page) -> None:
    filters = np.zeros((3, 9), np.float32)
    filters[0, 2:5], filters[2, 8] = (0.5, 1, 0.25), 2  # the middle band weighs nothing
    script = """
    const { sparseRows } = await load("signal/mel-kernel.js");
    const { first, offset, weights } = sparseRows(unpack(args[0]), 3);
    return [[...first], [...offset], [...weights]];
    """
    first, offset, weights = shared_module_page.run(script, packed(filters))
    assert (first[0], first[2]) == (2, 8)
    assert offset == [0, 3, 3, 4]
    assert weights == [0.5, 1, 0.25, 2]


def test_bands_weigh_their_bins(shared_module_page: Page) -> None:
    rng = np.random.default_rng(2)
    filters = rng.uniform(size=(5, 129)).astype(np.float32)
    filters[:, :3] = filters[1:3, 20:] = filters[3] = 0
    frame = rng.normal(size=256).astype(np.float32)
    script = """
    const { loadDsp } = await load("signal/dsp.js");
    const [frame, filters] = args.slice(0, 2).map(unpack);
    return [...(await loadDsp()).melKernel({ n_fft: 256, n_mels: 5 }, filters).powers(frame, frame)];
    """
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(256) / 256)
    expected = filters.astype(np.float64) @ np.abs(np.fft.rfft(frame * window)) ** 2
    found = np.reshape(shared_module_page.run(script, packed(frame), packed(filters)), (-1, 2))
    np.testing.assert_allclose(found, np.stack([expected, expected], axis=1), rtol=1e-9, atol=0)
