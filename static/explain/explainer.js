/**
 * Why a genre is heard in a second: which part of its log-mel spoke for the genre, and which against. The page's end of
 * a worker that does it; nothing is fetched before the first question.
 */

import { decodeWhole, stretch } from "../decode/browser-decoder.js";
import { SongError } from "../engine/song-error.js";
import { WorkerBridge } from "../engine/worker-bridge.js";
import * as protocol from "./protocol.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../model-files.js").ModelFolder} ModelFolder
 * @typedef {import("../engine/worker-bridge.js").Message} Message
 *
 * @typedef {object} Heard the window of log-mel that a row is explained by
 * @property {Float32Array} log_mel [n_frames, n_mels], dB: the very frames of the analysis
 * @property {Float32Array} samples what these frames are made of: mono, at the model's rate, [n]
 * @property {number} first_frame of the song
 * @property {number} n_frames a window's, or all of a song that has fewer
 *
 * @typedef {object} Explanation
 * @property {Float32Array} relevance [n_frames, n_mels]: what each cell, a band in a frame, adds to the log-odds of the
 *     genre, in nats; above 0 it spoke for the genre, below 0 against it
 * @property {Float32Array} marks [n_frames, n_mels], from -1 to 1: where it spoke, and how clearly (marks.js)
 * @property {number} first_frame of the song that the first of these is
 * @property {number} n_frames
 * @property {number} n_mels
 * @property {number} probability of the genre by this window. The chart's row comes from other windows, and may differ.
 * @property {number} took_ms
 *
 * @typedef {object} Question
 * @property {(answer: any) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {Blob | null} file
 * @property {AudioBuffer | null} decoded where the browser decodes the file
 */

const createWorker = () =>
  new Worker(new URL("./explain-worker.js", import.meta.url), { type: "module", name: "explain" });

export class Explainer {
  /** @param {Contract} contract @param {ModelFolder} folder of the network that heard the song */
  constructor(contract, folder) {
    this._contract = contract;
    this._folder = folder;
    /** @type {Map<number, Question>} those without an answer yet */
    this._questions = new Map();
    this._n_questions = 0;
    this._worker = new WorkerBridge(
      createWorker,
      (message) => this._hear(message),
      (reason) => this._rejectAll(new SongError("worker-crashed", { reason })),
    );
  }

  /** Starts the worker, if it is not running: it loads while the visitor still looks for a second. */
  warmUp() {
    if (this._worker.is_running) return;
    this._worker.post({ kind: protocol.INIT, contract: this._contract, folder: this._folder });
  }

  /**
   * Hears the sound around a row again: of a song nothing is kept that an explanation could be made of.
   * @param {Blob} file of the song
   * @param {number} row its number on the chart
   * @returns {Promise<Heard>} rejects with a SongError, or an AbortError after `end`
   */
  logMelAround(file, row) {
    return this._ask({ kind: protocol.AROUND, file, row }, file);
  }

  /**
   * @param {Omit<Heard, "samples"> & {row: number, genre: number}} asked genre: its number in the contract
   * @returns {Promise<Explanation>} rejects with a SongError, `unexplainable` where the network has an operation that
   *     nothing can be traced back through; or an AbortError after `end`
   */
  explain({ log_mel, first_frame, row, genre }) {
    return this._ask({ kind: protocol.EXPLAIN, log_mel, first_frame, row, genre });
  }

  /** @returns {Promise<number[]>} [n_mels], Hz: the middle of each band */
  bandCentres() {
    return this._ask({ kind: protocol.BANDS });
  }

  /**
   * Parts of a sound by time and frequency, none of them louder than the sound.
   * @param {Float32Array} samples [n], mono at the model's rate, of n_frames
   * @param {Float32Array[]} masks [n_frames, n_mels] each, 0 to 1
   * @returns {Promise<Float32Array[]>} one a mask, [n]
   */
  through(samples, masks) {
    return this._ask({ kind: protocol.THROUGH, samples, masks });
  }

  /** Ends the worker, with all that it takes: a network and its gradient. The next question starts another one. */
  end() {
    this._worker.end();
    this._rejectAll(new DOMException("no explanation is wanted any more", "AbortError"));
  }

  /** @param {Message} question @param {Blob | null} [file] @returns {Promise<any>} */
  _ask(question, file = null) {
    this.warmUp();
    this._n_questions += 1;
    const id = this._n_questions;
    return new Promise((resolve, reject) => {
      this._questions.set(id, { resolve, reject, file, decoded: null });
      this._worker.post({ ...question, id });
    });
  }

  /** @param {Message} message */
  _hear(message) {
    const { id } = message;
    const question = this._questions.get(id);
    if (!question) return;
    if (message.kind === protocol.ANSWER) this._end(id)?.resolve(message.answer);
    if (message.kind === protocol.REFUSAL) this._end(id)?.reject(new SongError(message.code, message.details));
    if (message.kind === protocol.PCM_WANTED) this._sendSamples(id, question, message);
    if (message.kind === protocol.NEEDS_BROWSER) {
      this._decodeHere(id, question, message).catch((error) => this._end(id)?.reject(SongError.from(error)));
    }
  }

  /** @param {number} id @returns {Question | undefined} it is answered */
  _end(id) {
    const question = this._questions.get(id);
    this._questions.delete(id);
    return question;
  }

  /** @param {Error} error */
  _rejectAll(error) {
    for (const id of [...this._questions.keys()]) this._end(id)?.reject(error);
  }

  /** @param {number} id @param {Question} question @param {Message} message */
  async _decodeHere(id, question, { container, sample_rate_hz }) {
    question.decoded = await decodeWhole(/** @type {Blob} */ (question.file), container, sample_rate_hz);
    if (!this._questions.has(id)) return;
    const { sampleRate, length: n_samples } = question.decoded;
    this._worker.post({ kind: protocol.PCM_READY, id, sample_rate_hz: sampleRate, n_samples });
  }

  /** @param {number} id @param {Question} question @param {Message} message */
  _sendSamples(id, { decoded }, { first_sample, end_sample }) {
    const channels = stretch(/** @type {AudioBuffer} */ (decoded), first_sample, end_sample);
    const buffers = channels.map(({ buffer }) => buffer);
    this._worker.post({ kind: protocol.PCM, id, channels }, buffers);
  }
}
