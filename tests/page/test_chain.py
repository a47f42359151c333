"""static/signal/chain.js: the server's frames, blocks of any size, and a song whose rate changes on the way."""

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


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(n).uniform(-0.5, 0.5, n).astype(np.float32)


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


def test_blocks_of_any_size_give_the_frames_of_the_whole(module_page: Page) -> None:
    samples = noise(150_000)
    whole = module_page.run(STRETCHES, [[packed(samples), 44_100]])["log_mel"]
    blocks = [[packed(block), 44_100] for block in np.split(samples, [1, 40, 5_000, 30_000, 33_333, 90_000])]
    np.testing.assert_array_equal(module_page.run(STRETCHES, blocks)["log_mel"], whole)


def test_a_lead_is_dropped_from_the_first_block_on(module_page: Page) -> None:
    script = STRETCHES.replace("await loadDsp())", "await loadDsp(), 2 * 1711)")
    samples = noise(60_000)
    whole = module_page.run(STRETCHES, [[packed(samples), 22_050]])["log_mel"]
    for blocks in ([60_000], [1_000, 2_422, 3_000]):
        parts = [[packed(block), 22_050] for block in np.split(samples, blocks)]
        np.testing.assert_array_equal(module_page.run(script, parts)["log_mel"], whole[2 * 128 :])
