/**
 * One song at a time through the two workers. They are started and warmed up before the first song; a new song aborts
 * the one before it at once; when a worker crashes, the song that waits for it fails and the next gets fresh workers.
 */

import { decodeWhole, slices } from "../decode/browser-decoder.js";
import { Credits } from "./credits.js";
import * as protocol from "./protocol.js";
import { SongError } from "./song-error.js";
import { WorkerBridge } from "./worker-bridge.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("./worker-bridge.js").Message} Message
 */

/**
 * The same object as the server's /predict answers with, and how long the parts of the work took.
 * @typedef {object} Analysis
 * @property {{name: string, version: string}} model
 * @property {string[]} genres
 * @property {number} duration_s
 * @property {number} step_s
 * @property {number[][]} probabilities one row a step, one column a genre
 * @property {import("../network/rows.js").Verdict} verdict
 * @property {Record<string, number>} timings_ms
 * @property {Backend} backend what the network ran on
 */

/**
 * @typedef {import("../network/tf.js").Backend} Backend
 *
 * @typedef {object} AnalyserOptions
 * @property {Backend} [backend] what the network is to run on
 * @property {(started: {backend: Backend, refusal: string}) => void} [onNetwork] told what it does run on, and why
 *     that is not what was wanted (empty when it is)
 */

/**
 * @typedef {object} Watcher who wants to know how it goes
 * @property {(fraction: number, decoded_s: number) => void} onProgress
 * @property {(rows: number[][]) => void} onRows all rows so far
 */

/** PCM slices on their way to the song worker at once. */
const SLICES_UNDER_WAY = 4;

/** @param {string} name */
const createWorker = (name) => new Worker(new URL(`./${name}.js`, import.meta.url), { type: "module", name });

/**
 * Six decimals, as the server rounds: far finer than the network's own certainty.
 * @param {number} value
 */
const rounded = (value) => Math.round(value * 1e6) / 1e6;

/** @param {number[]} values */
const roundedAll = (values) => values.map(rounded);

class Job {
  /** @param {number} song @param {File} file @param {Watcher} watcher */
  constructor(song, file, watcher) {
    this.song = song;
    this.file = file;
    this.watcher = watcher;
    this.started_ms = performance.now();
    this.first_row_ms = 0;
    /** @type {number[][]} */
    this.rows = [];
    this.credits = new Credits(SLICES_UNDER_WAY);
    this.is_over = false;
    /** @type {Promise<Analysis>} */
    this.result = new Promise((resolve, reject) => {
      /** @param {Analysis} analysis */
      this.resolve = (analysis) => {
        this.is_over = true;
        resolve(analysis);
      };
      /** @param {Error} error */
      this.reject = (error) => {
        this.is_over = true;
        reject(error);
      };
    });
  }

  /** @param {number[][]} rows the next ones */
  addRows(rows) {
    if (this.rows.length === 0) this.first_row_ms = performance.now() - this.started_ms;
    for (const row of rows) this.rows.push(roundedAll(row));
    this.watcher.onRows(this.rows);
  }
}

export class Analyser {
  /** @param {Contract} contract @param {string} contract_url @param {AnalyserOptions} [options] */
  constructor(contract, contract_url, { backend = "wasm", onNetwork = () => {} } = {}) {
    this.contract = contract;
    this._contract_url = contract_url;
    this._wanted = backend;
    this._backend = backend;
    this._onNetwork = onNetwork;
    /** @type {Job | null} */
    this._job = null;
    this._n_songs = 0;
    /** @param {Message} message */
    const hear = (message) => this._hear(message);
    /** @param {string} reason */
    const crash = (reason) => this._crash(new SongError("worker-crashed", { reason }));
    this._song_worker = new WorkerBridge(() => createWorker("song-worker"), hear, crash);
    this._network_worker = new WorkerBridge(() => createWorker("network-worker"), hear, crash);
  }

  /** Starts what is not running: the workers load and warm up while the visitor still looks for a song. */
  warmUp() {
    const { contract, _contract_url: contract_url } = this;
    if (!this._network_worker.is_running) {
      this._network_worker.post({ kind: protocol.INIT, contract, contract_url, backend: this._wanted });
    }
    if (!this._song_worker.is_running) {
      const { port1, port2 } = new MessageChannel();
      this._song_worker.post({ kind: protocol.INIT, contract, contract_url, port: port1 }, [port1]);
      this._network_worker.post({ kind: protocol.CONNECT, port: port2 }, [port2]);
    }
  }

  /**
   * @param {File} file
   * @param {Watcher} watcher
   * @returns {Promise<Analysis>} rejects with a SongError, or an AbortError when another song takes its place
   */
  analyse(file, watcher) {
    this.abort();
    this.warmUp();
    this._n_songs += 1;
    this._job = new Job(this._n_songs, file, watcher);
    this._song_worker.post({ kind: protocol.ANALYSE, song: this._job.song, file });
    return this._job.result;
  }

  /** Ends the work on the current song, if any. */
  abort() {
    if (!this._job || this._job.is_over) return;
    this._song_worker.end();
    this._job.reject(new DOMException("another song took its place", "AbortError"));
  }

  /** Ends the work on the current song, if any, and the workers. */
  end() {
    this.abort();
    this._song_worker.end();
    this._network_worker.end();
  }

  /** @param {Message} message */
  _hear(message) {
    if (message.kind === protocol.FAILED) this._fail(message);
    if (message.kind === protocol.READY && message.backend) {
      this._backend = message.backend;
      this._onNetwork({ backend: message.backend, refusal: message.refusal });
    }
    const job = this._job;
    if (!job || job.is_over || message.song !== job.song) return;
    if (message.kind === protocol.PROGRESS) job.watcher.onProgress(message.fraction, message.decoded_s);
    if (message.kind === protocol.ROWS) job.addRows(message.rows);
    if (message.kind === protocol.RESULT) job.resolve(this._complete(job, message));
    if (message.kind === protocol.PCM_DONE) job.credits.give();
    if (message.kind === protocol.NEEDS_BROWSER) {
      this._decodeHere(job, message).catch((error) => job.reject(SongError.from(error)));
    }
  }

  /** @param {Message} message */
  _fail({ song, code, details }) {
    const error = new SongError(code, details);
    if (code === "worker-crashed" || code === "no-model") this._crash(error);
    else if (this._job && !this._job.is_over && song === this._job.song) this._job.reject(error);
  }

  /**
   * The workers hold on to each other: when one is lost, both go.
   * @param {SongError} error
   */
  _crash(error) {
    this._song_worker.end();
    this._network_worker.end();
    if (this._job && !this._job.is_over) this._job.reject(error);
  }

  /** @param {Job} job @param {Message} message */
  async _decodeHere(job, { container, sample_rate_hz }) {
    const started = performance.now();
    const buffer = await decodeWhole(job.file, container, sample_rate_hz);
    const decode_ms = performance.now() - started;
    for (const { channels, fraction } of slices(buffer)) {
      await job.credits.take();
      if (job.is_over) return;
      this._song_worker.post(
        { kind: protocol.PCM, song: job.song, channels, sample_rate_hz: buffer.sampleRate, fraction },
        channels.map((channel) => channel.buffer),
      );
    }
    if (!job.is_over) this._song_worker.post({ kind: protocol.PCM_END, song: job.song, decode_ms });
  }

  /** @param {Job} job @param {Message} message @returns {Analysis} */
  _complete(job, { rows, duration_s, verdict, timings_ms }) {
    job.addRows(rows);
    const { name, version, genres, rows: rule } = this.contract;
    const shares = Object.entries(verdict.probabilities);
    return {
      model: { name, version },
      genres,
      duration_s: rounded(duration_s),
      step_s: rule.step_s,
      probabilities: job.rows,
      verdict: {
        genre: verdict.genre,
        confidence: rounded(verdict.confidence),
        probabilities: Object.fromEntries(shares.map(([genre, share]) => [genre, rounded(Number(share))])),
      },
      timings_ms: { ...timings_ms, first_row: job.first_row_ms, total: performance.now() - job.started_ms },
      backend: this._backend,
    };
  }
}
