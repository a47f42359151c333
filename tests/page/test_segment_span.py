"""static/signal/segment-span.js: a song's segments, each on its own, give the frames of the whole song, bit for bit."""

from __future__ import annotations

from math import gcd
from typing import Any

import numpy as np
import pytest

from tests.page.browser import Page, packed

RATES_HZ = (8000, 11025, 22050, 37800, 44100, 48000, 96000, 192000)
HOP, N_FFT = 1711, 2048

SPAN = """
const { segmentSpan } = await load("signal/segment-span.js");
const { fetchContract } = await load("contract.js");
return segmentSpan((await fetchContract(contractUrl)).signal_chain, ...args);
"""

# The frames of a stretch of the song, in blocks of any size; with the last samples of the filter only if it is the end.
FRAMES = """
const [samples_base64, rate_hz, first_sample, end_sample, skip_samples, is_end] = args;
const { fetchContract, fetchMelFilters } = await load("contract.js");
const { LogMelStream } = await load("signal/chain.js");
const { loadDsp } = await load("signal/dsp.js");
const chain = (await fetchContract(contractUrl)).signal_chain;
window.melFilters ??= await fetchMelFilters(chain, contractUrl);
window.dsp ??= await loadDsp();
const samples = unpack(samples_base64).subarray(first_sample, end_sample);
const stream = new LogMelStream(chain, melFilters, dsp, skip_samples);
const log_mel = [];
for (let at = 0, size = 1152; at < samples.length; at += size, size = (size * 7) % 9973) {
  log_mel.push(...stream.push([samples.subarray(at, at + size)], rate_hz));
}
if (is_end) log_mel.push(...stream.finish());
return pack(log_mel);
"""


def span(page: Page, rate_hz: int, first_frame: int, n_frames: int) -> dict[str, int]:
    return dict(page.run(SPAN, rate_hz, first_frame, n_frames))


def frames(page: Page, samples: np.ndarray, rate_hz: int, stretch: dict[str, int], *, is_end: bool) -> np.ndarray:
    first, end, skip = stretch["first_sample"], stretch["end_sample"], stretch["skip_samples"]
    found: Any = page.run(FRAMES, packed(samples), rate_hz, first, end, skip, is_end)
    return np.asarray(found).reshape(-1, 128)


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(n).uniform(-1, 1, n).astype(np.float32)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_segments_give_the_frames_of_the_whole_song(shared_module_page: Page, rate_hz: int) -> None:
    samples = noise(int(2.5 * rate_hz) + 7)
    whole_song = {"first_sample": 0, "end_sample": len(samples), "skip_samples": 0}
    whole = frames(shared_module_page, samples, rate_hz, whole_song, is_end=True)
    n = 13  # frames a segment, and no divisor of the song's
    assert len(whole) > 2 * n
    for first in range(0, len(whole), n):
        stretch = span(shared_module_page, rate_hz, first, n)
        segment = frames(shared_module_page, samples, rate_hz, stretch, is_end=stretch["end_sample"] >= len(samples))
        np.testing.assert_array_equal(segment, whole[first : first + n])


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_segment_takes_no_sample_more_than_its_last_frame_needs(shared_module_page: Page, rate_hz: int) -> None:
    stretch = span(shared_module_page, rate_hz, 20, 3)
    samples = noise(stretch["end_sample"])
    assert len(frames(shared_module_page, samples, rate_hz, stretch, is_end=False)) == 3
    assert len(frames(shared_module_page, samples[:-1], rate_hz, stretch, is_end=False)) == 2


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_a_segment_starts_just_ahead_of_its_first_frame(shared_module_page: Page, rate_hz: int) -> None:
    first_frame = 200
    stretch = span(shared_module_page, rate_hz, first_frame, 1)
    period_in, period_out = rate_hz // gcd(rate_hz, 22050), 22050 // gcd(rate_hz, 22050)
    assert stretch["first_sample"] % period_in == 0
    assert stretch["first_sample"] // period_in * period_out + stretch["skip_samples"] == first_frame * HOP
    lead = first_frame * HOP * period_in / period_out - stretch["first_sample"]
    assert 0 <= lead < period_in + 200 * max(1, rate_hz / 22050)


def test_the_song_begins_at_its_beginning(shared_module_page: Page) -> None:
    assert span(shared_module_page, 22050, 0, 2) == {"first_sample": 0, "end_sample": HOP + N_FFT, "skip_samples": 0}
    assert span(shared_module_page, 48000, 0, 2)["first_sample"] == 0


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_how_many_frames_a_song_gives_is_known_beforehand(shared_module_page: Page, rate_hz: int) -> None:
    script = """
    const { framesOf } = await load("signal/segment-span.js");
    const { fetchContract } = await load("contract.js");
    return framesOf((await fetchContract(contractUrl)).signal_chain, ...args);
    """
    for n in (0, rate_hz // 20, rate_hz // 10, int(1.5 * rate_hz) + 7):
        whole_song = {"first_sample": 0, "end_sample": n, "skip_samples": 0}
        assert shared_module_page.run(script, rate_hz, n) == len(
            frames(shared_module_page, noise(n), rate_hz, whole_song, is_end=True)
        )
