/**
 * The song worker: a file in, log-mel blocks out to the network worker, while the file is still being decoded.
 * One song at a time; to abort it, the page ends this worker and starts another.
 */

import { fetchMelFilters } from "../contract.js";
import { fileBlocks } from "../decode/file-blocks.js";
import { identify } from "../decode/identify.js";
import { createMpegDecoder } from "../decode/mpg123.js";
import { LogMelStream } from "../signal/chain.js";
import { loadDsp } from "../signal/dsp.js";
import { Credits } from "./credits.js";
import * as protocol from "./protocol.js";
import { SongError } from "./song-error.js";

/** Bytes given to the decoder at once: about 4 s of music, some 15 ms of work. */
const DECODE_BYTES = 1 << 16;
/** Log-mel blocks on their way to the network at once. */
const BLOCKS_UNDER_WAY = 8;
/** At most so many progress messages a second: the page draws no faster. */
const PROGRESS_INTERVAL_MS = 40;

const credits = new Credits(BLOCKS_UNDER_WAY);

/** @typedef {import("../decode/mpg123.js").MpegDecoder} MpegDecoder */

/**
 * @typedef {object} Tools what every song needs, made once
 * @property {import("../contract.js").Contract} contract
 * @property {Float32Array} mel_filters
 * @property {import("../signal/dsp.js").Dsp} dsp
 * @property {Promise<MpegDecoder>} decoder_ready
 * @property {MessagePort} port to the network worker
 */

/** One song's way from PCM to the network worker. */
class SongStream {
  /** @param {number} song @param {Tools} tools */
  constructor(song, { contract, mel_filters, dsp, port }) {
    this._song = song;
    this._contract = contract;
    this._port = port;
    this._stream = new LogMelStream(contract.signal_chain, mel_filters, dsp);
    this._last_progress_ms = -Infinity;
    this.timings_ms = { decode: 0, features: 0 };
  }

  /** @param {Float32Array[]} channels @param {number} sample_rate_hz @param {number} fraction of the song behind us */
  async push(channels, sample_rate_hz, fraction) {
    const started = performance.now();
    const log_mel = this._stream.push(channels, sample_rate_hz);
    this.timings_ms.features += performance.now() - started;
    this._tellProgress(fraction);
    await this._send(log_mel);
  }

  async finish() {
    const duration_s = this._stream.duration_s;
    const needed_s = this._contract.minimum_duration_s;
    if (duration_s === 0) throw new SongError("broken-audio");
    if (duration_s < needed_s) throw new SongError("too-short", { duration_s, needed_s });
    await this._send(this._stream.finish());
    const { timings_ms } = this;
    this._port.postMessage({ kind: protocol.END, song: this._song, duration_s, timings_ms });
  }

  /** @param {Float32Array} log_mel */
  async _send(log_mel) {
    if (log_mel.length === 0) return;
    await credits.take();
    this._port.postMessage({ kind: protocol.BLOCK, song: this._song, log_mel }, [log_mel.buffer]);
  }

  /** @param {number} fraction */
  _tellProgress(fraction) {
    const now = performance.now();
    if (now - this._last_progress_ms < PROGRESS_INTERVAL_MS) return;
    this._last_progress_ms = now;
    const decoded_s = this._stream.duration_s;
    self.postMessage({ kind: protocol.PROGRESS, song: this._song, fraction, decoded_s });
  }
}

/** @param {SongStream} stream @param {Blob} file @param {number} first_byte @param {MpegDecoder} decoder */
async function decodeMpeg(stream, file, first_byte, decoder) {
  let n_read = first_byte;
  for await (const block of fileBlocks(file, first_byte)) {
    for (let at = 0; at < block.length; at += DECODE_BYTES) {
      const bytes = block.subarray(at, at + DECODE_BYTES);
      const started = performance.now();
      const { channelData, samplesDecoded, sampleRate } = decoder.decode(bytes);
      stream.timings_ms.decode += performance.now() - started;
      n_read += bytes.length;
      if (samplesDecoded > 0) await stream.push(channelData, sampleRate, n_read / file.size);
    }
  }
  await stream.finish();
}

/**
 * A decoder remembers its song: it is used once, and the next one made ready while nobody waits for it.
 * @param {SongStream} stream
 * @param {Blob} file
 * @param {number} first_byte
 * @param {Tools} tools
 */
async function analyseMpeg(stream, file, first_byte, tools) {
  const decoder = await tools.decoder_ready;
  try {
    await decodeMpeg(stream, file, first_byte, decoder);
  } finally {
    decoder.free();
    tools.decoder_ready = createMpegDecoder();
  }
}

/** PCM that the page's decodeAudioData sends, slice by slice. */
class BrowserPcm {
  /** @param {SongStream} stream @param {number} song */
  constructor(stream, song) {
    this._stream = stream;
    this._song = song;
    /** Slices are worked on one after the other, each when the one before has gone through. */
    this._tail = Promise.resolve();
  }

  /** @param {{channels: Float32Array[], sample_rate_hz: number, fraction: number}} slice */
  push({ channels, sample_rate_hz, fraction }) {
    this._then(async () => {
      await this._stream.push(channels, sample_rate_hz, fraction);
      self.postMessage({ kind: protocol.PCM_DONE, song: this._song });
    });
  }

  /** @param {{decode_ms: number}} message */
  end({ decode_ms }) {
    this._stream.timings_ms.decode = decode_ms;
    this._then(() => this._stream.finish());
  }

  /** @param {() => Promise<void>} work */
  _then(work) {
    this._tail = this._tail.then(work).catch((error) => fail(this._song, error));
  }
}

/** @param {number} song @param {unknown} error */
function fail(song, error) {
  self.postMessage({ kind: protocol.FAILED, song, ...SongError.from(error).toMessage() });
}

/** @type {Promise<Tools> | null} */
let tools_ready = null;
/** @type {BrowserPcm | null} */
let browser_pcm = null;

/** @param {{contract: import("../contract.js").Contract, contract_url: string, port: MessagePort}} message */
async function prepare({ contract, contract_url, port }) {
  port.onmessage = () => credits.give();
  const decoder_ready = createMpegDecoder();
  const filters_ready = fetchMelFilters(contract.signal_chain, contract_url);
  const [mel_filters, dsp] = await Promise.all([filters_ready, loadDsp(), decoder_ready]);
  return { contract, mel_filters, dsp, decoder_ready, port };
}

/** @param {{song: number, file: Blob}} message */
async function analyse({ song, file }) {
  const tools = await /** @type {Promise<Tools>} */ (tools_ready);
  const route = await identify(file);
  const stream = new SongStream(song, tools);
  if (route.by === "mpg123") return analyseMpeg(stream, file, route.first_byte, tools);
  browser_pcm = new BrowserPcm(stream, song);
  const { container, sample_rate_hz } = route;
  return self.postMessage({ kind: protocol.NEEDS_BROWSER, song, container, sample_rate_hz });
}

self.onmessage = ({ data }) => {
  if (data.kind === protocol.INIT) {
    tools_ready = prepare(data);
    tools_ready.then(
      () => self.postMessage({ kind: protocol.READY }),
      (error) => fail(0, new SongError("no-model", { reason: error.message })),
    );
  }
  if (data.kind === protocol.ANALYSE) analyse(data).catch((error) => fail(data.song, error));
  if (data.kind === protocol.PCM) browser_pcm?.push(data);
  if (data.kind === protocol.PCM_END) browser_pcm?.end(data);
};
