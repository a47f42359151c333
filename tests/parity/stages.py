"""The page's own modules, run in a browser on a signal or a file, stage by stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.page.browser import Page, packed
from tests.parity.compare import Stages

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

# MPEG audio by mpg123 in one piece, plain samples as they are, everything else by the browser.
DECODE_FILE = """
const { identify } = await load("decode/identify.js");
const file = document.querySelector("#parity").files[0];
const route = await identify(file);
if (route.by === "mpg123") {
  const { createMpegDecoder } = await load("decode/mpeg/mpg123.js");
  const decoder = await createMpegDecoder({ is_gapless: true });
  const bytes = new Uint8Array(await file.arrayBuffer());
  const blocks = [];
  for (let at = route.first_byte; at < bytes.length; at += 65536) {
    const block = decoder.decode(bytes.subarray(at, at + 65536));
    if (block.samplesDecoded > 0) blocks.push(block);
  }
  decoder.free();
  const whole = (_, c) => joined(blocks.map((block) => block.channelData[c]));
  window.song = { sample_rate_hz: blocks[0].sampleRate, channels: blocks[0].channelData.map(whole) };
} else if (route.by === "pcm") {
  const { frameBytes, readPcm } = await load("decode/pcm/format.js");
  const { first_byte, n_samples, format, sample_rate_hz } = route.layout;
  const samples = await file.slice(first_byte, first_byte + n_samples * frameBytes(format)).arrayBuffer();
  window.song = { sample_rate_hz, channels: readPcm(new Uint8Array(samples), format) };
} else {
  const { decodeWhole } = await load("decode/browser-decoder.js");
  const buffer = await decodeWhole(file, route.container, route.sample_rate_hz);
  const numbers = Array.from({ length: buffer.numberOfChannels }, (_, c) => c);
  window.song = { sample_rate_hz: buffer.sampleRate, channels: numbers.map((c) => buffer.getChannelData(c)) };
}
return [window.song.sample_rate_hz, window.song.channels.length, window.song.channels[0].length];
"""

GIVE_PCM = "const [c, from, to] = args; return pack(window.song.channels[c].subarray(from, to));"

# PCM in uneven blocks, as decoders give it: what streams must not differ from what comes at once.
STAGES = """
const [changes, mel_filters_base64] = args;
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

JOINED = """
const joined = (parts) => {
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
};
"""

SAMPLES_A_MESSAGE = 2**21  # browsers limit how long a script's answer may be

Pcm = npt.NDArray[np.float32]


def stages_of_pcm(page: Page, pcm: Pcm, sample_rate_hz: int, **faults: Any) -> Stages:
    """What the page makes of float32 [n, channels]; `faults` as in `stages_of_song`."""
    page.run(TAKE_PCM, packed(pcm.T), pcm.shape[1], sample_rate_hz)
    return stages_of_song(page, **faults)


def stages_of_song(page: Page, mel_filters: Pcm | None = None, **changes: Any) -> Stages:
    """What the page makes of the PCM it has.

    To see faults found: mel_filters [n_mels, n_fft / 2 + 1] and `changes`, numbers of the signal chain, take the place
    of the contract's.
    """
    found = page.run(JOINED + STAGES, changes, None if mel_filters is None else packed(mel_filters))
    return Stages(
        resampled=found["resampled"],
        log_mel=found["log_mel"].reshape(-1, found["n_mels"]),
        logits=found["logits"].reshape(-1, found["n_genres"]),
        probabilities=found["probabilities"].reshape(-1, found["n_genres"]),
    )


def decoded_in_page(page: Page, song: Path) -> tuple[Pcm, int]:
    """A file's PCM [n, channels] by the page's decoders, which the page then has, and its rate in Hz."""
    page.driver.execute_script(
        "if (document.querySelector('#parity')) return;"
        "document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'parity' }));"
    )
    page.find("#parity").send_keys(str(song))
    sample_rate_hz, n_channels, n = page.run(JOINED + DECODE_FILE)
    return np.stack([_channel(page, c, n) for c in range(n_channels)], axis=1), sample_rate_hz


def _channel(page: Page, number: int, n: int) -> Pcm:
    starts = range(0, n, SAMPLES_A_MESSAGE)
    return np.concatenate([page.run(GIVE_PCM, number, start, start + SAMPLES_A_MESSAGE) for start in starts])
