"""The page's own modules behind the decoder, run in a browser on PCM, stage by stage."""

from __future__ import annotations

from typing import Any

from tests.page.browser import Page, packed
from tests.parity.compare import Stages
from tests.parity.decoding import Pcm

# Channel after channel. Not by `unpack`, which takes a second for a song of this size.
TAKE_PCM = """
const [pcm_base64, n_channels, sample_rate_hz] = args;
const text = atob(pcm_base64);
const bytes = new Uint8Array(text.length);
for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
const pcm = new Float32Array(bytes.buffer);
const n = pcm.length / n_channels;
window.song = { sample_rate_hz, channels: Array.from({ length: n_channels }, (_, c) => pcm.slice(c * n, (c + 1) * n)) };
"""

# PCM in uneven blocks, as decoders give it: what streams must not differ from what comes at once.
STAGES = """
const [changes, mel_filters_base64] = args;
const { joined } = await load("arrays.js");
const { fetchContract, fetchMelFilters } = await load("contract.js");
const { LogMelStream } = await load("signal/chain.js");
const { loadDsp } = await load("signal/dsp.js");
const { Resampler } = await load("signal/resampler.js");
const { StepJoiner, WindowCutter } = await load("network/windows.js");
const { RowStream } = await load("network/rows.js");
const { loadNetwork } = await load("network/tf.js");

const contract = await fetchContract(contractUrl);
const chain = Object.assign(contract.signal_chain, changes);
window.mel_filters ??= await fetchMelFilters(chain, contractUrl);
const mel_filters = mel_filters_base64 ? unpack(mel_filters_base64) : window.mel_filters;
const { channels, sample_rate_hz } = window.song;
const n = channels[0].length;

const dsp = (window.dsp ??= await loadDsp());
const resampler = new Resampler(sample_rate_hz, chain.sample_rate_hz, chain.resampler, dsp);
const stream = new LogMelStream(chain, mel_filters, dsp);
const resampled = [];
const frames = [];
for (let at = 0, size = 1000; at < n; at += size, size = (size * 7) % 9973) {
  const block = channels.map((samples) => samples.slice(at, at + size));
  resampled.push(resampler.push(block));
  frames.push(stream.push(block, sample_rate_hz));
}
resampled.push(resampler.finish());
frames.push(stream.finish());
const log_mel = joined(frames);

const url = new URL(contract.browser_model, contractUrl).href;
window.network ??= await loadNetwork(url, contract.network.window_frames, chain.n_mels);
const n_genres = contract.genres.length;
const cutter = new WindowCutter(contract.network, chain.n_mels);
const joiner = new StepJoiner(n_genres);
const steps = [];
for (const part of [...cutter.push(log_mel), ...cutter.finish()]) {
  steps.push(joiner.add(part, await window.network(part.log_mel)));
}
steps.push(joiner.finish(cutter.n_steps));
const logits = joined(steps);
const rows = new RowStream(contract);
const probabilities = [...rows.push(logits), ...rows.finish(stream.duration_s).rows];
return {
  n_mels: chain.n_mels, n_genres,
  resampled: pack(joined(resampled)), log_mel: pack(log_mel), logits: pack(logits),
  probabilities: pack(probabilities.flat()),
};
"""


def stages_of_pcm(page: Page, pcm: Pcm, sample_rate_hz: int, **faults: Any) -> Stages:
    """What the page makes of float32 [n, channels]; `faults` as in `stages_of_song`."""
    page.run(TAKE_PCM, packed(pcm.T), pcm.shape[1], sample_rate_hz)
    return stages_of_song(page, **faults)


def stages_of_song(page: Page, mel_filters: Pcm | None = None, **changes: Any) -> Stages:
    """What the page makes of the PCM it has.

    To see faults found: mel_filters [n_mels, n_fft / 2 + 1] and `changes`, numbers of the signal chain, take the place
    of the contract's.
    """
    found = page.run(STAGES, changes, None if mel_filters is None else packed(mel_filters))
    return Stages(
        resampled=found["resampled"],
        log_mel=found["log_mel"].reshape(-1, found["n_mels"]),
        logits=found["logits"].reshape(-1, found["n_genres"]),
        probabilities=found["probabilities"].reshape(-1, found["n_genres"]),
    )
