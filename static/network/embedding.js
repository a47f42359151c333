/**
 * What the network makes of a song before its last layer says genres: its mean over the song, and over a few stretches
 * of it as long as what a row hears. A last layer is taught by the mean; the stretches tell how sure its rows may be.
 */

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {{mean: Float32Array, stretches: Float32Array[]}} Embedding each [channels]
 */

/** Never more stretches than that: of longer songs they lie further apart. */
const MOST_STRETCHES = 16;

/** Stands where a RowStream does, of a network whose "genres" are the channels; it makes no rows. */
export class EmbeddingStream {
  /** @param {Contract} contract */
  constructor({ signal_chain, network, rows, genres: channels }) {
    const step_s = (network.frames_per_step * signal_chain.hop_length) / signal_chain.sample_rate_hz;
    this._steps_a_stretch = Math.max(1, Math.round(rows.context_s / step_s));
    this._sum = new Float64Array(channels.length);
    this._n_steps = 0;
    this._stretch = new Float64Array(channels.length); // the sum of the present one
    this._n_in_stretch = 0;
    this._n_stretches = 0; // so far
    this._every = 1; // so manieth stretch is kept
    /** @type {Float32Array[]} */
    this._stretches = [];
  }

  /** @param {Float32Array} steps [k, channels], the next ones @returns {number[][]} none */
  push(steps) {
    const n_channels = this._sum.length;
    for (let at = 0; at < steps.length; at += n_channels) this._add(steps.subarray(at, at + n_channels));
    return [];
  }

  /** @returns {{rows: number[][]} & Embedding} */
  finish() {
    if (this._stretches.length === 0) this._keepStretch(); // shorter than one
    return { rows: [], mean: means(this._sum, this._n_steps), stretches: this._stretches };
  }

  /** @param {Float32Array} step */
  _add(step) {
    for (let i = 0; i < step.length; i += 1) {
      this._sum[i] += step[i];
      this._stretch[i] += step[i];
    }
    this._n_steps += 1;
    this._n_in_stretch += 1;
    if (this._n_in_stretch === this._steps_a_stretch) this._keepStretch();
  }

  _keepStretch() {
    if (this._n_stretches % this._every === 0) this._stretches.push(means(this._stretch, this._n_in_stretch));
    this._n_stretches += 1;
    this._stretch.fill(0);
    this._n_in_stretch = 0;
    if (this._stretches.length <= MOST_STRETCHES) return;
    this._stretches = this._stretches.filter((_, i) => i % 2 === 0);
    this._every *= 2;
  }
}

/** @param {Float64Array} sums @param {number} n */
const means = (sums, n) => Float32Array.from(sums, (sum) => sum / n);
