"""The page's own modules, run in Chromium on a golden case's PCM, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from tests.page.browser import Page, packed

# PCM in uneven blocks, as decoders give it: what streams must not differ from what comes at once.
SCRIPT = """
const [pcm_base64, n_channels, rate_hz, changes, with_network] = args;
const { fetchContract, fetchMelFilters } = await load("contract.js");
const { LogMelStream, toMono } = await load("signal/chain.js");
const { loadDsp } = await load("signal/dsp.js");
const { Resampler } = await load("signal/resampler.js");
const { StepJoiner, WindowCutter } = await load("network/windows.js");
const { RowStream } = await load("network/rows.js");

const contract = await fetchContract(contractUrl);
Object.assign(contract.signal_chain, changes);
const chain = contract.signal_chain;
const pcm = unpack(pcm_base64);
const n = pcm.length / n_channels;
const channel = (c) => Float32Array.from({ length: n }, (_, i) => pcm[i * n_channels + c]);
const channels = Array.from({ length: n_channels }, (_, c) => channel(c));

const dsp = await loadDsp();
const resampler = new Resampler(rate_hz, chain.sample_rate_hz, chain.resampler, dsp);
const stream = new LogMelStream(chain, await fetchMelFilters(chain, contractUrl), dsp);
const resampled = [];
const log_mel = [];
for (let at = 0, size = 1000; at < n; at += size, size = (size * 7) % 9973) {
  const block = channels.map((samples) => samples.slice(at, at + size));
  resampled.push(...resampler.push(toMono(block)));
  log_mel.push(...stream.push(block, rate_hz));
}
resampled.push(...resampler.finish());
log_mel.push(...stream.finish());
const answer = { resampled: pack(resampled), log_mel: pack(log_mel), duration_s: stream.duration_s };
if (!with_network) return answer;

const { loadNetwork } = await load("network/tf.js");
const url = new URL(contract.browser_model, contractUrl).href;
window.network ??= await loadNetwork(url, contract.network.window_frames, chain.n_mels);
const cutter = new WindowCutter(contract.network, chain.n_mels);
const joiner = new StepJoiner(contract.genres.length);
const rows = new RowStream(contract);
const windows = [...cutter.push(Float32Array.from(log_mel)), ...cutter.finish()];
const step_logits = [];
for (const each of windows) step_logits.push(...joiner.add(each, await window.network(each.log_mel)));
step_logits.push(...joiner.finish(cutter.n_steps));
const first = rows.push(Float32Array.from(step_logits));
const probabilities = [...first, ...rows.finish(stream.duration_s).rows];
return { ...answer, logits: pack(step_logits), probabilities: pack(probabilities.flat()) };
"""


@dataclass(frozen=True)
class Stages:
    """What the page makes of PCM. logits and probabilities are None without the network."""

    resampled: np.ndarray
    log_mel: np.ndarray
    logits: np.ndarray | None
    probabilities: np.ndarray | None


def stages_in_page(page: Page, case: dict[str, Any], *, with_network: bool = True, **changes: object) -> Stages:
    """Runs a golden case; `changes` replace numbers of the contract's signal chain."""
    pcm = case["pcm"].astype(np.float32) / 32768
    found = page.run(SCRIPT, packed(pcm), pcm.shape[1], case["sample_rate_hz"], changes, with_network)
    n_mels, n_genres = case["log_mel"].shape[1], case["logits"].shape[1]
    return Stages(
        resampled=found["resampled"],
        log_mel=found["log_mel"].reshape(-1, n_mels),
        logits=found["logits"].reshape(-1, n_genres) if with_network else None,
        probabilities=found["probabilities"].reshape(-1, n_genres) if with_network else None,
    )
