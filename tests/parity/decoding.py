"""A file through the page's own way of decoding it, whichever that is.

The page's song worker chooses: its module runs in the page's window here, up to where it hands its helpers a song's
segments. These are decoded one after the other as a helper decodes them, and their samples are taken where they go
into the signal chain. Nothing here knows one format from another.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.page.browser import Page

DECODE_FILE = """
const { fetchContract, fetchMelFilters } = await load("contract.js");
const { decodeWhole } = await load("decode/browser-decoder.js");
const protocol = await load("engine/protocol.js");
const { IrregularSegment, SegmentTask } = await load("engine/segment-task.js");
const { SongError } = await load("engine/song-error.js");
const { Song } = await load("engine/song.js");
const { LogMelStream } = await load("signal/chain.js");
const { loadDsp } = await load("signal/dsp.js");
const { segmentSpan } = await load("signal/segment-span.js");

const file = document.querySelector("#parity").files[0];
const contract = await fetchContract(contractUrl);
const mel_filters = await fetchMelFilters(contract.signal_chain, contractUrl);
const tools = { contract, mel_filters, dsp: await loadDsp() };

const startSongWorker = async () => {
  await load("engine/song-worker.js");
  const { onmessage, Worker } = window;
  window.Worker = class { postMessage() {} }; // its helpers have nothing to do
  onmessage({ data: { kind: protocol.INIT, contract, folder: contractUrl, backend: "wasm" } });
  window.Worker = Worker;
  addEventListener("message", (event) => window.hear_song_worker(event));
  return (message) => onmessage({ data: message });
};

// A source of segments, or null and what the song worker says that the browser is to decode.
const chosen = () => new Promise((resolve, reject) => {
  Song.prototype.plan = async (source) => resolve({ source });
  window.hear_song_worker = ({ data }) => {
    if (data.kind === protocol.NEEDS_BROWSER) resolve({ source: null, needed: data });
    if (data.kind === protocol.FAILED) reject(new SongError(data.code, data.details));
  };
  window.song_worker({ kind: protocol.ANALYSE, song: 1, file });
});

// Every block of samples on its way into the signal chain, and what of the song's samples its first one is.
const takeBlocks = async (source) => {
  const blocks = [];
  const { push } = LogMelStream.prototype;
  let at = 0;
  LogMelStream.prototype.push = function (channels, sample_rate_hz) {
    blocks.push({ at, sample_rate_hz, channels: channels.map((samples) => samples.slice()) });
    at += channels[0].length;
    return push.call(this, channels, sample_rate_hz);
  };
  try {
    await decodeSegments(source, (first_sample) => (at = first_sample));
  } finally {
    LogMelStream.prototype.push = push;
  }
  return blocks;
};

const kinds = new Set();
const decodeSegments = async (source, begin) => {
  const decode = async (segment) => {
    kinds.add(segment.audio.kind);
    begin(segmentSpan(contract.signal_chain, segment.sample_rate_hz, segment.first_frame, 1).first_sample);
    for await (const part of new SegmentTask(segment, tools).parts());
  };
  for await (const segment of source.segments()) {
    try {
      await decode(segment);
    } catch (error) {
      if (!(error instanceof IrregularSegment)) throw error;
      return decode(source.rest(segment.first_frame));
    }
  }
};

// Segments overlap by what resampling needs: of two, the later one's samples count, which its decoder began with.
const decodeBySegments = async (source) => {
  const blocks = await takeBlocks(source);
  if (blocks.length === 0) throw new SongError("broken-audio");
  const n = blocks.reduce((end, { at, channels }) => Math.max(end, at + channels[0].length), 0);
  const channels = blocks[0].channels.map((_, c) => {
    const whole = new Float32Array(n);
    for (const block of blocks) whole.set(block.channels[c], block.at);
    return whole;
  });
  return { route: [...kinds].join(", "), sample_rate_hz: blocks.at(-1).sample_rate_hz, channels };
};

const decodeByBrowser = async ({ container, sample_rate_hz }) => {
  const buffer = await decodeWhole(file, container, sample_rate_hz);
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c));
  return { route: "browser", sample_rate_hz: buffer.sampleRate, channels };
};

window.song_worker ??= await startSongWorker();
const { source, needed } = await chosen();
window.song = source ? await decodeBySegments(source) : await decodeByBrowser(needed);
const { route, sample_rate_hz, channels } = window.song;
return [route, sample_rate_hz, channels.length, channels[0].length];
"""

GIVE_PCM = "const [c, from, to] = args; return pack(window.song.channels[c].subarray(from, to));"

SAMPLES_A_MESSAGE = 2**21  # browsers limit how long a script's answer may be

Pcm = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Decoded:
    """A file's sound: float32 [n, channels]. route: the kinds of the song worker's segments, or "browser"."""

    route: str
    pcm: Pcm
    sample_rate_hz: int


def decoded_in_page(page: Page, song: Path) -> Decoded:
    """What the page makes of a file, and has at hand then for the stages behind."""
    page.driver.execute_script(
        "if (document.querySelector('#parity')) return;"
        "document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'parity' }));"
    )
    page.find("#parity").send_keys(str(song))
    route, sample_rate_hz, n_channels, n = page.run(DECODE_FILE)
    pcm = np.stack([_channel(page, c, n) for c in range(n_channels)], axis=1)
    return Decoded(route, pcm, sample_rate_hz)


def _channel(page: Page, number: int, n: int) -> Pcm:
    starts = range(0, n, SAMPLES_A_MESSAGE)
    return np.concatenate([page.run(GIVE_PCM, number, start, start + SAMPLES_A_MESSAGE) for start in starts])
