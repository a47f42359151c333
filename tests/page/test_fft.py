"""static/signal/fft.js and log-mel.js: spectra against NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from tests.page.browser import Page, PageError, packed

POWER = """
const [frame_base64] = args;
const { RealFft } = await load("signal/fft.js");
const frame = Float64Array.from(unpack(frame_base64));
const power = new Float64Array(frame.length / 2 + 1);
new RealFft(frame.length).powerSpectrum(frame, power);
return [...power];
"""


@pytest.mark.parametrize("n", [4, 8, 256, 2048])
def test_power_spectrum(module_page: Page, n: int) -> None:
    frame = np.random.default_rng(n).normal(size=n).astype(np.float32)
    expected = np.abs(np.fft.rfft(frame.astype(np.float64))) ** 2
    np.testing.assert_allclose(module_page.run(POWER, packed(frame)), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("n", [2, 6, 2000])
def test_lengths_it_cannot_do_are_refused(module_page: Page, n: int) -> None:
    with pytest.raises(PageError, match=f"RangeError: frame length is {n}, must be a power of two"):
        module_page.run(POWER, packed(np.zeros(n)))


def test_mel_rows_without_their_zeros_are_the_same_rows(module_page: Page) -> None:
    filters = np.zeros((3, 9), np.float32)
    filters[0, 2:5], filters[2, 8] = (0.5, 1, 0.25), 2  # the middle band weighs nothing
    script = """
    const { sparseRows } = await load("signal/log-mel.js");
    const { first, offset, weights } = sparseRows(unpack(args[0]), 3);
    return [[...first], [...offset], [...weights]];
    """
    first, offset, weights = module_page.run(script, packed(filters))
    assert (first[0], first[2]) == (2, 8)
    assert offset == [0, 3, 3, 4]
    assert weights == [0.5, 1, 0.25, 2]
