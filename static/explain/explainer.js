/**
 * Why a genre is heard in a second: which part of its log-mel spoke for the genre, and which against. The page's end of
 * a worker that does it; nothing is fetched before the first question.
 */

import * as protocol from "./protocol.js";
import { Questions } from "./questions.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../model-files.js").ModelFolder} ModelFolder
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
 */

const createWorker = () =>
  new Worker(new URL("./explain-worker.js", import.meta.url), { type: "module", name: "explain" });

export class Explainer {
  /** @param {Contract} contract @param {ModelFolder} folder of the network that heard the song */
  constructor(contract, folder) {
    this._questions = new Questions(createWorker, { contract, folder });
  }

  /** Starts the worker, if it is not running: it loads while the visitor still looks for a second. */
  warmUp() {
    this._questions.warmUp();
  }

  /**
   * Hears the sound around a row again: of a song nothing is kept that an explanation could be made of.
   * @param {Blob} file of the song
   * @param {number} row its number on the chart
   * @returns {Promise<Heard>} rejects with a SongError, or an AbortError after `end`
   */
  logMelAround(file, row) {
    return this._questions.ask({ kind: protocol.AROUND, file, row }, file);
  }

  /**
   * @param {Omit<Heard, "samples"> & {row: number, genre: number}} asked genre: its number in the contract
   * @returns {Promise<Explanation>} rejects with a SongError, `unexplainable` where the network has an operation that
   *     nothing can be traced back through; or an AbortError after `end`
   */
  explain({ log_mel, first_frame, row, genre }) {
    return this._questions.ask({ kind: protocol.EXPLAIN, log_mel, first_frame, row, genre });
  }

  /** @returns {Promise<number[]>} [n_mels], Hz: the middle of each band */
  bandCentres() {
    return this._questions.ask({ kind: protocol.BANDS });
  }

  /**
   * Parts of a sound by time and frequency, none of them louder than the sound.
   * @param {Float32Array} samples [n], mono at the model's rate, of n_frames
   * @param {Float32Array[]} masks [n_frames, n_mels] each, 0 to 1
   * @returns {Promise<Float32Array[]>} one a mask, [n]
   */
  through(samples, masks) {
    return this._questions.ask({ kind: protocol.THROUGH, samples, masks });
  }

  /** Ends the worker, with all that it takes: a network and its gradient. The next question starts another one. */
  end() {
    this._questions.end();
  }
}
