/** One live session: a stream through the tap to the worker, until it is stopped or ends by itself. */

import { rounded, roundedAll } from "../rounded.js";
import { SongError } from "../engine/song-error.js";
import { WorkerBridge } from "../engine/worker-bridge.js";
import { boundsOf, isUnsure, labelling, toldVerdict } from "../network/rows.js";
import { SoundFrames } from "../signal/sound-frames.js";
import { scaleOf } from "../signal/sound-picture.js";
import { Capture } from "./capture.js";
import * as protocol from "./protocol.js";
import { Recorder } from "./recorder.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../engine/analyser.js").Analysis} Analysis
 * @typedef {import("../engine/worker-bridge.js").Message} Message
 *
 * @typedef {object} Model
 * @property {Contract} contract
 * @property {import("../model-files.js").ModelFolder} folder
 *
 * @typedef {object} Watcher
 * @property {(rows: number[][], unsure: boolean[]) => void} onRows all rows so far; the last ones may still change
 * @property {(sound: SoundFrames) => void} onSound all of its picture so far
 * @property {(power: number) => void} onLevel mean square of the last 20 ms of sound
 *
 * @typedef {object} Heard what a session leaves
 * @property {Analysis} analysis as of a file with this sound
 * @property {SoundFrames} sound its picture
 * @property {Blob | null} recording
 * @property {boolean} was_cut_off the source ended by itself
 */

const createWorker = () => new Worker(new URL("./live-worker.js", import.meta.url), { type: "module", name: "live" });

export class LiveSession {
  /**
   * @param {MediaStream} stream with sound; it is the session's from here on
   * @param {Model} model
   * @param {Watcher} watcher
   * @param {{source: import("./capture.js").Source, keeps_sound: boolean}} how
   */
  constructor(stream, { contract, folder }, watcher, { source, keeps_sound }) {
    this._contract = contract;
    this._folder = folder;
    this._watcher = watcher;
    const { n_bands, frame_s } = scaleOf(contract.signal_chain);
    this._sound = new SoundFrames(n_bands, frame_s);
    /** @type {number[][]} as they are told, those that stay */
    this._settled = [];
    /** @type {boolean[]} one a settled row */
    this._settled_unsure = [];
    this._first_row_ms = 0;
    this._started_ms = performance.now();
    this._was_cut_off = false;
    this._is_stopping = false;
    this._stream = stream;
    this._source = source;
    this._keeps_sound = keeps_sound;
    /** @type {Recorder | null} */
    this._recorder = null;
    /** @type {Promise<Blob | null>} */
    this._recording = Promise.resolve(null);
    this._capture = new Capture(stream, { onLevel: watcher.onLevel, onEnd: () => this._stopItself() });
    this._worker = new WorkerBridge(
      createWorker,
      (message) => this._hear(message),
      (reason) => this._fail(new SongError("worker-crashed", { reason })),
    );
    /** @type {Promise<Heard>} rejects with a SongError */
    this.result = new Promise((resolve, reject) => {
      this._resolve = resolve;
      this._reject = reject;
    });
    this.result.catch(() => {}); // `start` may fail first
  }

  /** @returns {Promise<void>} when sound is on its way @throws {SongError} `cannot-listen` */
  async start() {
    const { port1, port2 } = new MessageChannel();
    const { _contract: contract, _folder: folder } = this;
    this._worker.post({ kind: protocol.INIT, contract, folder, port: port2 }, [port2]);
    try {
      await this._capture.start(port1);
      if (this._is_stopping) this._capture.close(); // it was stopped while it was being opened
      // Not sooner: the recording would begin before the chart, which shows what came from now on.
      if (this._keeps_sound && !this._is_stopping) this._recorder = new Recorder(this._stream);
    } catch (error) {
      this._fail(error);
      throw error;
    }
  }

  /** Ends the session; `result` has what was heard. */
  async stop() {
    if (this._is_stopping) return;
    this._is_stopping = true;
    if (this._recorder) this._recording = this._recorder.stop();
    await this._capture.stop();
    if (this._worker.is_running) this._worker.post({ kind: protocol.FINISH }); // it may have failed meanwhile
  }

  _stopItself() {
    if (this._is_stopping) return;
    this._was_cut_off = true;
    this.stop();
  }

  /** @param {Message} message */
  _hear(message) {
    if (message.kind === protocol.ROWS) this._showRows(message.settled, message.preview);
    if (message.sound) this._addSound(message.sound);
    if (message.kind === protocol.FAILED) this._fail(this._errorOf(message));
    if (message.kind === protocol.RESULT) this._finish(message);
  }

  /** Whoever did not stop it did not mean it to be short. @param {Message} message */
  _errorOf({ code, details }) {
    if (code === "too-short" && this._was_cut_off) return new SongError("cut-off", { source: this._source });
    return new SongError(code, details);
  }

  /** @param {number[][]} settled the next ones @param {number[][]} preview those after them */
  _showRows(settled, preview) {
    this._first_row_ms ||= performance.now() - this._started_ms;
    this._settle(settled);
    const newest = preview.map(roundedAll);
    this._watcher.onRows([...this._settled, ...newest], [...this._settled_unsure, ...this._unsureOf(newest)]);
  }

  /** Each row is looked at once, however long the session is. @param {number[][]} rows the next ones that stay */
  _settle(rows) {
    const told = rows.map(roundedAll);
    this._settled.push(...told);
    this._settled_unsure.push(...this._unsureOf(told));
  }

  /** @param {Uint8Array} frames the next ones */
  _addSound(frames) {
    this._sound.push(frames);
    this._watcher.onSound(this._sound);
  }

  /** @param {number[][]} rows */
  _unsureOf(rows) {
    return rows.map((row) => isUnsure(row, boundsOf(this._contract.rows)));
  }

  /** @param {Message} message */
  async _finish({ rows, duration_s, verdict, timings_ms }) {
    this._end();
    this._settle(rows);
    const { name, version, genres, rows: rule } = this._contract;
    const total = performance.now() - this._started_ms;
    /** @type {Analysis} */
    const analysis = {
      model: { name, version },
      genres,
      duration_s: rounded(duration_s),
      step_s: rule.step_s,
      ...labelling(rule),
      probabilities: this._settled,
      unsure: this._settled_unsure,
      verdict: toldVerdict(verdict, this._contract),
      timings_ms: { decode: 0, ...timings_ms, first_row: this._first_row_ms, total },
      backend: "wasm",
    };
    const { _sound: sound, _was_cut_off: was_cut_off } = this;
    this._resolve?.({ analysis, sound, recording: await this._recording, was_cut_off });
  }

  /** @param {unknown} error */
  _fail(error) {
    this._end();
    this._reject?.(error);
  }

  _end() {
    this._is_stopping = true;
    this._worker.end();
    this._capture.close();
  }
}
