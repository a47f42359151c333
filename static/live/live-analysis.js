/**
 * Sound that is still going on, heard as a file is heard, so that a session gives what a file of the same sound gives.
 *
 * Two kinds of rows. *Settled* ones are a file's own: the regular windows are run as they become complete, and nothing
 * that is heard later changes them. The rows after those are a *preview*: what a file that ended here would end with,
 * from a window that ends with the newest whole step (the first seconds over and over, until they fill one). Each new
 * step makes a new preview.
 *
 * A step's logits are trusted as a file's last ones are: up to the window's very end. Measured on our medley, whose
 * style changes every ten seconds: a row names the genre it settles on in 74 % of the seconds as soon as its second
 * is over, in 86 % a second later, in 97 % two seconds later, when all of its context is heard. Leaving out the last
 * two steps, which have heard no future, makes that 72, 85 and 97 %, with rows that are further from the settled ones.
 *
 * Nothing grows with the session here: frames, steps and logits are dropped as soon as no row needs them, and the
 * sound's picture as soon as it is taken.
 */

import { joinedBytes } from "../arrays.js";
import { SongError } from "../engine/song-error.js";
import { RowStream } from "../network/rows.js";
import { StepJoiner, WindowCutter } from "../network/windows.js";
import { LogMelStream } from "../signal/chain.js";
import { Peaks } from "../signal/peaks.js";
import { soundPicture } from "../signal/sound-picture.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../network/windows.js").Window} Window
 *
 * @typedef {object} Senses
 * @property {Float32Array} mel_filters [n_mels, n_fft / 2 + 1]
 * @property {import("../signal/dsp.js").Dsp} dsp
 * @property {(log_mel: Float32Array) => Float32Array} network a window's log-mel to its logits
 */

export class LiveAnalysis {
  /** @param {Contract} contract @param {Senses} senses */
  constructor(contract, { mel_filters, dsp, network }) {
    const { signal_chain, network: layout, genres } = contract;
    this._contract = contract;
    this._network = network;
    this._sound = new LogMelStream(signal_chain, mel_filters, dsp);
    this._peaks = new Peaks(signal_chain.hop_length);
    this._sound.peaks = this._peaks;
    /** @type {Uint8Array[]} frames as they are looked at, that nobody has taken yet */
    this._new_sound = [];
    this._cutter = new WindowCutter(layout, signal_chain.n_mels);
    this._joiner = new StepJoiner(genres.length);
    this._rows = new RowStream(contract);
    this._n_previewed = 0; // steps
    this.timings_ms = { features: 0, inference: 0 };
  }

  /** Seconds of sound so far. */
  get duration_s() {
    return this._sound.duration_s;
  }

  /** Whether a step has been heard that no preview has shown yet. */
  get has_news() {
    return this._cutter.n_steps > this._n_previewed && this.duration_s >= this._contract.minimum_duration_s;
  }

  /**
   * @param {Float32Array[]} channels [channels][n], the next samples
   * @param {number} sample_rate_hz
   * @returns {number[][]} rows that are settled now
   */
  push(channels, sample_rate_hz) {
    return this._hear(() => this._sound.push(channels, sample_rate_hz));
  }

  /** @returns {number[][]} the rows after the settled ones, as they would be if the sound ended here */
  preview() {
    const n_steps = this._cutter.n_steps;
    this._n_previewed = n_steps;
    const window = this._cutter.preview();
    const last = window ? { first_step: window.first_step, logits: this._run(window) } : undefined;
    return this._rows.preview(this._joiner.preview(n_steps, last), this.duration_s);
  }

  /**
   * @returns {{rows: number[][], verdict: import("../network/rows.js").Verdict}} the rows that were not settled yet
   * @throws {SongError} `too-short`
   */
  finish() {
    const { minimum_duration_s: needed_s } = this._contract;
    const rows = this._hear(() => this._sound.finish());
    if (this.duration_s < needed_s) throw new SongError("too-short", { duration_s: this.duration_s, needed_s });
    rows.push(...this._cutter.finish().flatMap((window) => this._settle(window)));
    rows.push(...this._rows.push(this._joiner.finish(this._cutter.n_steps)));
    const end = this._rows.finish(this.duration_s);
    return { rows: [...rows, ...end.rows], verdict: end.verdict };
  }

  /** @returns {Uint8Array} [m, n_bands + 1], the frames since it was taken last, as they are looked at */
  takeSound() {
    return joinedBytes(this._new_sound.splice(0));
  }

  /** @param {() => Float32Array} makeFrames @returns {number[][]} */
  _hear(makeFrames) {
    const started = performance.now();
    const log_mel = makeFrames();
    const { n_mels } = this._contract.signal_chain;
    this._new_sound.push(soundPicture(log_mel, n_mels, this._peaks.take(log_mel.length / n_mels)));
    this.timings_ms.features += performance.now() - started;
    return this._cutter.push(log_mel).flatMap((window) => this._settle(window));
  }

  /** @param {Window} window @returns {number[][]} */
  _settle(window) {
    return this._rows.push(this._joiner.add(window, this._run(window)));
  }

  /** @param {Window} window @returns {Float32Array} its logits */
  _run({ log_mel }) {
    const started = performance.now();
    const logits = this._network(log_mel);
    this.timings_ms.inference += performance.now() - started;
    this._cutter.takeBack(log_mel);
    return logits;
  }
}
