"""static/signal/chain.js: mono, and a song whose rate changes on the way."""

from __future__ import annotations

import numpy as np
import pytest

from model.contract import load_contract
from model.features import LogMelStream
from tests.page.browser import Page, packed
from tests.support import REPOSITORY

STRETCHES = """
const [stretches] = args;
const { fetchContract, fetchMelFilters } = await load("contract.js");
const { LogMelStream } = await load("signal/chain.js");
const { loadDsp } = await load("signal/dsp.js");
const chain = (await fetchContract(contractUrl)).signal_chain;
const stream = new LogMelStream(chain, await fetchMelFilters(chain, contractUrl), await loadDsp());
const log_mel = [];
for (const [samples, rate_hz] of stretches) log_mel.push(...stream.push([unpack(samples)], rate_hz));
log_mel.push(...stream.finish());
return { log_mel: pack(log_mel), duration_s: stream.duration_s };
"""


TO_MONO = 'const { toMono } = await load("signal/chain.js"); return pack(toMono(args[0].map(unpack)));'


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(n).uniform(-0.5, 0.5, n).astype(np.float32)


@pytest.mark.parametrize("n_channels", [1, 2, 6])
def test_mono_is_the_mean_of_the_channels(module_page: Page, n_channels: int) -> None:
    channels = [noise(100 + i)[:100] for i in range(n_channels)]
    mono = module_page.run(TO_MONO, [packed(channel) for channel in channels])
    np.testing.assert_allclose(mono, np.mean(channels, axis=0), rtol=0, atol=1e-7)


@pytest.mark.parametrize("n_channels", [1, 2, 6])
def test_samples_that_are_no_numbers_count_as_silence(module_page: Page, n_channels: int) -> None:
    channels = [noise(100 + i)[:100] for i in range(n_channels)]
    channels[0][[3, 7, 8]] = np.nan, np.inf, -np.inf
    channels[-1][8] = np.inf  # with the other channel's infinity no number at all
    silenced = [np.nan_to_num(channel, posinf=0, neginf=0) for channel in channels]
    mono = module_page.run(TO_MONO, [packed(channel) for channel in channels])
    np.testing.assert_allclose(mono, np.mean(silenced, axis=0), rtol=0, atol=1e-7)


def test_the_frames_are_the_servers(module_page: Page) -> None:
    contract = load_contract(REPOSITORY / "model")
    samples = noise(100_000)
    stream = LogMelStream(contract.chain, contract.mel_filters(), 48_000)
    expected = np.concatenate([stream.push(samples[:, np.newaxis]), stream.finish()])
    found = module_page.run(STRETCHES, [[packed(samples), 48_000]])
    assert found["duration_s"] == pytest.approx(stream.duration_s)
    np.testing.assert_allclose(found["log_mel"].reshape(expected.shape), expected, rtol=0, atol=1e-4)


def test_a_rate_that_changes_begins_a_new_stretch(module_page: Page) -> None:
    found = module_page.run(STRETCHES, [[packed(noise(44_100)), 44_100], [packed(noise(72_000)), 48_000]])
    assert found["duration_s"] == pytest.approx(2.5)
    n_resampled = 22_050 + 33_075
    assert len(found["log_mel"]) == 128 * ((n_resampled - 2048) // 1711 + 1)
