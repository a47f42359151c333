/**
 * One song at a time through the song worker and its helpers. They are started and warmed up before the first song; a
 * new song ends the work on the one before it; when a worker crashes, the song that waits for it fails and the next
 * gets fresh workers.
 */

import { decodeWhole, stretch } from "../decode/browser-decoder.js";
import { boundsOf, isUnsure, labelling, toldVerdict } from "../network/rows.js";
import { scaleOf } from "../signal/sound-picture.js";
import { rounded, roundedAll } from "../rounded.js";
import * as protocol from "./protocol.js";
import { SongError } from "./song-error.js";
import { WorkerBridge } from "./worker-bridge.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../model-files.js").ModelFolder} ModelFolder
 * @typedef {import("./worker-bridge.js").Message} Message
 */

/**
 * The same object as the server's /predict answers with, and how long the parts of the work took.
 * @typedef {object} Analysis
 * @property {{name: string, version: string}} model
 * @property {string[]} genres
 * @property {number} duration_s
 * @property {number} step_s
 * @property {true} [multi_label] several genres can be heard at once: rows do not add up to 1
 * @property {number[]} [thresholds] then: from which probability on each genre is heard in a row
 * @property {number[][]} probabilities one row a step, one column a genre
 * @property {boolean[]} unsure one a row: no genre is likely enough to be named
 * @property {import("../network/rows.js").ToldVerdict} verdict
 * @property {Record<string, number>} timings_ms
 * @property {Backend | "server"} backend what the network ran on
 */

/**
 * @typedef {import("../network/tf.js").Backend} Backend
 *
 * @typedef {{backend: Backend, refusal: string}} Started what the network runs on, and why that is not what was
 *     wanted; empty when it is
 *
 * @typedef {object} AnalyserOptions
 * @property {Backend} [backend] what the network is to run on
 * @property {(started: Started) => void} [onNetwork]
 * @property {import("./song.js").Wanted} [wanted]
 */

/**
 * @typedef {object} Sound
 * @property {Uint8Array} frames [m, n_bands + 1]
 * @property {number} n_bands
 * @property {number} frame_s from one frame to the next
 *
 * @typedef {object} Watcher who wants to know how it goes
 * @property {(fraction: number, decoded_s: number) => void} onProgress
 * @property {(rows: number[][], unsure: boolean[]) => void} onRows all rows so far, and which of them are unsure
 * @property {(sound: Sound) => void} [onSound] the next frames of the sound as it is looked at
 */

const createWorker = () => new Worker(new URL("./song-worker.js", import.meta.url), { type: "module", name: "song" });

class Job {
  /**
   * @param {number} song
   * @param {File} file
   * @param {Watcher} watcher
   * @param {import("../network/rows.js").Bounds} bounds that a genre must reach in a row
   */
  constructor(song, file, watcher, bounds) {
    this.song = song;
    this.file = file;
    this.watcher = watcher;
    this.bounds = bounds;
    this.started_ms = performance.now();
    this.first_row_ms = 0;
    /** @type {number[][]} */
    this.rows = [];
    /** @type {boolean[]} by the rows as they are told, so that whoever reads them finds the same */
    this.unsure = [];
    /** @type {AudioBuffer | null} where the browser decodes the song */
    this.decoded = null;
    this.is_over = false;
    /** @type {Promise<Message>} the song worker's */
    this.result = new Promise((resolve, reject) => {
      /** @param {Message} result */
      this.resolve = (result) => {
        this._end();
        resolve(result);
      };
      /** @param {Error} error */
      this.reject = (error) => {
        this._end();
        reject(error);
      };
    });
  }

  _end() {
    this.is_over = true;
    this.decoded = null; // many megabytes that the page would keep with its last song
  }

  /** @param {number[][]} rows the next ones */
  addRows(rows) {
    if (this.rows.length === 0) this.first_row_ms = performance.now() - this.started_ms;
    for (const row of rows.map(roundedAll)) {
      this.rows.push(row);
      this.unsure.push(isUnsure(row, this.bounds));
    }
    this.watcher.onRows(this.rows, this.unsure);
  }
}

export class Analyser {
  /** @param {Contract} contract @param {ModelFolder} folder @param {AnalyserOptions} [options] */
  constructor(contract, folder, { backend = "wasm", onNetwork = () => {}, wanted = "rows" } = {}) {
    this.contract = contract;
    this.folder = folder;
    this._wanted = wanted;
    this._asked = backend;
    this._backend = backend;
    this._onNetwork = onNetwork;
    /** @type {Job | null} */
    this._job = null;
    this._n_songs = 0;
    this._worker = new WorkerBridge(
      createWorker,
      (message) => this._hear(message),
      (reason) => this._crash(new SongError("worker-crashed", { reason })),
    );
  }

  /** Starts what is not running: the workers load and warm up while the visitor still looks for a song. */
  warmUp() {
    if (this._worker.is_running) return;
    const { contract, folder, _asked: backend, _wanted: wanted } = this;
    this._worker.post({ kind: protocol.INIT, contract, folder, backend, wanted });
  }

  /**
   * @param {File} file
   * @param {Watcher} watcher
   * @returns {Promise<Analysis>} rejects with a SongError, or an AbortError when another song takes its place
   */
  async analyse(file, watcher) {
    const { job, result } = this._begin(file, watcher);
    return this._complete(job, await result);
  }

  /** @param {File} file @param {Watcher} watcher */
  _begin(file, watcher) {
    this.abort();
    this.warmUp();
    this._n_songs += 1;
    this._job = new Job(this._n_songs, file, watcher, boundsOf(this.contract.rows));
    this._worker.post({ kind: protocol.ANALYSE, song: this._job.song, file });
    return { job: this._job, result: this._job.result };
  }

  /** Ends the work on the current song, if any. */
  abort() {
    if (!this._job || this._job.is_over) return;
    this._worker.post({ kind: protocol.CANCEL });
    this._job.reject(new DOMException("another song took its place", "AbortError"));
  }

  /** Ends the work on the current song, if any, and the workers. */
  end() {
    this.abort();
    this._worker.end();
  }

  /** @param {Message} message */
  _hear(message) {
    if (message.kind === protocol.FAILED) this._fail(message);
    if (message.kind === protocol.READY) {
      this._backend = message.backend;
      this._onNetwork({ backend: message.backend, refusal: message.refusal });
    }
    const job = this._job;
    if (!job || job.is_over || message.song !== job.song) return;
    if (message.kind === protocol.PROGRESS) job.watcher.onProgress(message.fraction, message.decoded_s);
    if (message.kind === protocol.ROWS) job.addRows(message.rows);
    if (message.kind === protocol.SOUND) {
      job.watcher.onSound?.({ frames: message.frames, ...scaleOf(this.contract.signal_chain) });
    }
    if (message.kind === protocol.RESULT) job.resolve(message);
    if (message.kind === protocol.PCM_WANTED) this._sendSamples(job, message);
    if (message.kind === protocol.NEEDS_BROWSER) {
      this._decodeHere(job, message).catch((error) => job.reject(SongError.from(error)));
    }
  }

  /** Song 0: the workers themselves. An earlier song's failure may be heard of late. @param {Message} message */
  _fail({ song, code, details }) {
    const error = new SongError(code, details);
    if (song === 0) return this._crash(error);
    if (!this._job || this._job.is_over || song !== this._job.song) return;
    if (code === "worker-crashed") this._crash(error);
    else this._job.reject(error);
  }

  /**
   * The helpers go with the song worker: it started them.
   * @param {SongError} error
   */
  _crash(error) {
    this._worker.end();
    if (this._job && !this._job.is_over) this._job.reject(error);
  }

  /** @param {Job} job @param {Message} message */
  async _decodeHere(job, { container, sample_rate_hz }) {
    const started = performance.now();
    job.decoded = await decodeWhole(job.file, container, sample_rate_hz);
    const decode_ms = performance.now() - started;
    if (job.is_over) return;
    const { sampleRate, length: n_samples } = job.decoded;
    this._worker.post({ kind: protocol.PCM_READY, song: job.song, sample_rate_hz: sampleRate, n_samples, decode_ms });
  }

  /** @param {Job} job @param {Message} message */
  _sendSamples({ song, decoded }, { first_sample, end_sample }) {
    if (!decoded) return;
    try {
      const channels = stretch(decoded, first_sample, end_sample);
      this._worker.post(
        { kind: protocol.PCM, song, channels },
        channels.map(({ buffer }) => buffer),
      );
    } catch {
      this._fail({ kind: protocol.FAILED, song, code: "no-memory", details: {} });
    }
  }

  /** @param {Job} job @param {Message} message @returns {Analysis} */
  _complete(job, { rows, duration_s, verdict, timings_ms }) {
    job.addRows(rows);
    const { name, version, genres, rows: rule } = this.contract;
    return {
      model: { name, version },
      genres,
      duration_s: rounded(duration_s),
      step_s: rule.step_s,
      ...labelling(rule),
      probabilities: job.rows,
      unsure: job.unsure,
      verdict: toldVerdict(verdict, this.contract),
      timings_ms: { ...timings_ms, first_row: job.first_row_ms, total: performance.now() - job.started_ms },
      backend: this._backend,
    };
  }
}
