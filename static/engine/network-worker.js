/** The network worker: log-mel blocks in from the song worker, rows of probabilities out to the page. */

import { loadNetwork } from "../network/tf.js";
import { RowStream } from "../network/rows.js";
import { StepStream } from "../network/windows.js";
import * as protocol from "./protocol.js";
import { SongError } from "./song-error.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {(window: Float32Array) => Float32Array} Network
 */

/** One song's way from log-mel to rows. */
class SongRows {
  /** @param {number} song @param {Contract} contract @param {Network} network */
  constructor(song, contract, network) {
    const { signal_chain, genres } = contract;
    this.song = song;
    this._steps = new StepStream(contract.network, signal_chain.n_mels, genres.length, network);
    this._rows = new RowStream(contract);
    this._inference_ms = 0;
  }

  /** @param {Float32Array} log_mel */
  push(log_mel) {
    const started = performance.now();
    const rows = this._rows.push(this._steps.push(log_mel));
    this._inference_ms += performance.now() - started;
    if (rows.length > 0) self.postMessage({ kind: protocol.ROWS, song: this.song, rows });
  }

  /** @param {{duration_s: number, timings_ms: Record<string, number>}} end */
  finish({ duration_s, timings_ms }) {
    const started = performance.now();
    const last_rows = this._rows.push(this._steps.finish());
    const { rows, verdict } = this._rows.finish(duration_s);
    this._inference_ms += performance.now() - started;
    self.postMessage({
      kind: protocol.RESULT,
      song: this.song,
      duration_s,
      rows: [...last_rows, ...rows],
      verdict,
      timings_ms: { ...timings_ms, inference: this._inference_ms },
    });
  }
}

/** @type {Contract} */
let contract;
/** @type {Promise<Network> | null} */
let network_ready = null;
/** @type {SongRows | null} */
let current = null;
/** @type {MessagePort | null} */
let connected = null;

/** @param {{contract: Contract, contract_url: string}} message */
function prepare(message) {
  contract = message.contract;
  const url = new URL(contract.browser_model, message.contract_url).href;
  return loadNetwork(url, contract.network.window_frames, contract.signal_chain.n_mels);
}

/** @param {MessagePort} port from a song worker; the one before it, if any, is heard no more */
function connect(port) {
  connected?.close();
  connected = port;
  port.onmessage = async ({ data }) => {
    try {
      const network = await /** @type {Promise<Network>} */ (network_ready);
      if (port !== connected) return undefined;
      if (current?.song !== data.song) current = new SongRows(data.song, contract, network);
      const song_rows = /** @type {SongRows} */ (current);
      if (data.kind === protocol.END) return song_rows.finish(data);
      song_rows.push(data.log_mel);
      return port.postMessage({ kind: protocol.BLOCK_DONE });
    } catch (error) {
      return fail(data.song, error);
    }
  };
}

/** @param {number} song @param {unknown} error */
function fail(song, error) {
  self.postMessage({ kind: protocol.FAILED, song, ...SongError.from(error).toMessage() });
}

self.onmessage = ({ data }) => {
  if (data.kind === protocol.CONNECT) connect(data.port);
  if (data.kind === protocol.INIT) {
    network_ready = prepare(data).catch((error) => {
      throw new SongError("no-model", { reason: error.message });
    });
    network_ready.then(
      () => self.postMessage({ kind: protocol.READY }),
      (error) => fail(0, error),
    );
  }
};
