/** The network worker: log-mel blocks in from the song worker, rows of probabilities out to the page. */

import { RowStream } from "../network/rows.js";
import { startNetwork } from "../network/start.js";
import { StepJoiner, WindowCutter } from "../network/windows.js";
import * as protocol from "./protocol.js";
import { SongError } from "./song-error.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../network/tf.js").Network} Network
 */

/** One song's way from log-mel to rows. */
class SongRows {
  /** @param {number} song @param {Contract} contract @param {Network} network */
  constructor(song, contract, network) {
    const { signal_chain, genres } = contract;
    this.song = song;
    this._network = network;
    this._cutter = new WindowCutter(contract.network, signal_chain.n_mels);
    this._joiner = new StepJoiner(genres.length);
    this._rows = new RowStream(contract);
    this._inference_ms = 0;
  }

  /** @param {Float32Array} log_mel */
  async push(log_mel) {
    const started = performance.now();
    const rows = await this._run(this._cutter.push(log_mel));
    this._inference_ms += performance.now() - started;
    if (rows.length > 0) self.postMessage({ kind: protocol.ROWS, song: this.song, rows });
  }

  /** @param {import("../network/windows.js").Window[]} windows @returns {Promise<number[][]>} */
  async _run(windows) {
    /** @type {number[][]} */
    const rows = [];
    for (const window of windows) {
      rows.push(...this._rows.push(this._joiner.add(window, await this._network(window.log_mel))));
    }
    return rows;
  }

  /** @param {{duration_s: number, timings_ms: Record<string, number>}} end */
  async finish({ duration_s, timings_ms }) {
    const started = performance.now();
    const last_rows = await this._run(this._cutter.finish());
    last_rows.push(...this._rows.push(this._joiner.finish(this._cutter.n_steps)));
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
/** @type {Promise<import("../network/start.js").Started> | null} */
let network_ready = null;
/** @type {SongRows | null} */
let current = null;
/** @type {MessagePort | null} */
let connected = null;

/** @param {MessagePort} port from a song worker; the one before it, if any, is heard no more */
function connect(port) {
  connected?.close();
  connected = port;
  let last = Promise.resolve();
  port.onmessage = ({ data }) => {
    last = last.then(() => hear(port, data)).catch((error) => fail(data.song, error));
  };
}

/** @param {MessagePort} port @param {any} message one at a time: a GPU's windows take their time */
async function hear(port, message) {
  const { network } = await /** @type {Promise<import("../network/start.js").Started>} */ (network_ready);
  if (port !== connected) return;
  if (current?.song !== message.song) current = new SongRows(message.song, contract, network);
  const song_rows = /** @type {SongRows} */ (current);
  if (message.kind === protocol.END) {
    await song_rows.finish(message);
  } else {
    await song_rows.push(message.log_mel);
    port.postMessage({ kind: protocol.BLOCK_DONE });
  }
}

/** @param {number} song @param {unknown} error */
function fail(song, error) {
  self.postMessage({ kind: protocol.FAILED, song, ...SongError.from(error).toMessage() });
}

self.onmessage = ({ data }) => {
  if (data.kind === protocol.CONNECT) connect(data.port);
  if (data.kind === protocol.INIT) {
    contract = data.contract;
    network_ready = startNetwork(contract, data.contract_url, data.backend).catch((error) => {
      throw new SongError("no-model", { reason: error.message });
    });
    network_ready.then(
      ({ backend, refusal }) => self.postMessage({ kind: protocol.READY, backend, refusal }),
      (error) => fail(0, error),
    );
  }
};
