/**
 * Change of sample rate. Conventions as in resampling-filter.js; outside the song there is silence.
 */

/** @typedef {import("../contract.js").KaiserSinc} KaiserSinc */

/** Streaming: the outputs of the blocks, joined, are those of the whole song at once. */
export class Resampler {
  /**
   * @param {number} rate_in_hz
   * @param {number} rate_out_hz
   * @param {KaiserSinc} kernel
   * @param {import("./dsp.js").Dsp} dsp
   */
  constructor(rate_in_hz, rate_out_hz, kernel, dsp) {
    const { up, down, taps, n_taps, reach } = dsp.filter(rate_in_hz, rate_out_hz, kernel);
    this._up = up;
    this._down = down;
    this._taps = taps;
    this._n_taps = n_taps;
    /** Input kept for outputs to come, led by `reach` zeros of silence before the song. */
    this._kept = new Float64Array(1 << 16);
    this._n_kept = reach;
    this._n_in = 0;
    this._n_out = 0;
    this._phase = 0;
    this._start = 0; // index in _kept of the next output's first tap
  }

  /**
   * Takes samples [n], gives those that are now certain.
   * @param {Float32Array} samples
   * @returns {Float32Array}
   */
  push(samples) {
    if (this._up === this._down) return samples;
    this._n_in += samples.length;
    this._keep(samples);
    const room = this._n_kept - this._n_taps - this._start; // the last place a filter may start at
    if (room < 0) return new Float32Array(0);
    return this._filter(Math.floor((room * this._up + this._up - 1 - this._phase) / this._down) + 1);
  }

  /**
   * The rest, as if the song went on in silence: ceil(n_in * up / down) samples in all.
   * @returns {Float32Array}
   */
  finish() {
    if (this._up === this._down) return new Float32Array(0);
    this._keep(new Float32Array(this._n_taps));
    return this._filter(Math.ceil((this._n_in * this._up) / this._down) - this._n_out);
  }

  /** @param {Float32Array} samples */
  _keep(samples) {
    const n_needed = this._n_kept - this._start + samples.length;
    const target = n_needed > this._kept.length ? new Float64Array(2 * n_needed) : this._kept;
    if (target !== this._kept) target.set(this._kept.subarray(this._start, this._n_kept));
    else target.copyWithin(0, this._start, this._n_kept);
    target.set(samples, this._n_kept - this._start);
    this._kept = target;
    this._n_kept = n_needed;
    this._start = 0;
  }

  /** @param {number} n_new how many output samples to compute @returns {Float32Array} */
  _filter(n_new) {
    const { _up: up, _down: down, _kept: x, _taps: taps, _n_taps: n_taps } = this;
    const output = new Float32Array(Math.max(0, n_new));
    /** @param {number} m counted from the next output @returns {number} input positions ahead, in 1 / up samples */
    const ahead = (m) => this._phase + m * down;
    for (let m = 0; m < Math.min(up, output.length); m += 1) {
      const start = this._start + Math.floor(ahead(m) / up);
      filterEvery(output, m, up, x, start, down, taps, (ahead(m) % up) * n_taps, n_taps);
    }
    this._n_out += output.length;
    this._start += Math.floor(ahead(output.length) / up);
    this._phase = ahead(output.length) % up;
    return output;
  }
}

/**
 * All outputs of one phase: every `up`-th output sample, whose taps are the same and whose inputs lie `down` apart.
 * Four at a time, so that each tap is fetched once for all of them; each sum runs in the order of the taps either way.
 * @param {Float32Array} output @param {number} m the first to compute @param {number} up
 * @param {Float64Array} x @param {number} i where the first one's inputs start @param {number} down
 * @param {Float64Array} taps @param {number} j where this phase's start @param {number} n
 */
function filterEvery(output, m, up, x, i, down, taps, j, n) {
  for (; m + 3 * up < output.length; m += 4 * up, i += 4 * down) {
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (let k = 0; k < n; k += 1) {
      const tap = taps[j + k];
      a += x[i + k] * tap;
      b += x[i + down + k] * tap;
      c += x[i + 2 * down + k] * tap;
      d += x[i + 3 * down + k] * tap;
    }
    output[m] = a;
    output[m + up] = b;
    output[m + 2 * up] = c;
    output[m + 3 * up] = d;
  }
  for (; m < output.length; m += up, i += down) {
    let sum = 0;
    for (let k = 0; k < n; k += 1) sum += x[i + k] * taps[j + k];
    output[m] = sum;
  }
}
