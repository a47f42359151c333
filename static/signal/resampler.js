/**
 * Change of sample rate with one published filter: a Kaiser-windowed sinc in polyphase form
 * (Smith, "Digital Audio Resampling", CCRMA). Every number of it comes from the contract.
 *
 * Conventions: up / down is rate_out / rate_in in lowest terms. Output sample m lies at m * down / up input samples.
 * Outside the song there is silence.
 */

/** @typedef {import("../contract.js").KaiserSinc} KaiserSinc */

/** @param {number} a @param {number} b @returns {number} */
const greatestCommonDivisor = (a, b) => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/**
 * Modified Bessel function of the first kind and order 0, by its power series.
 * @param {number} x
 */
function besselI0(x) {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k += 1) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

/** @param {number} x */
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/**
 * The low-pass prototype [2 * half + 1] at `up` times the input rate, centred on index `half`; each polyphase branch
 * (indices equal modulo `up`) sums to 1.
 * @param {number} up
 * @param {number} down
 * @param {KaiserSinc} kernel
 * @returns {Float64Array}
 */
export function resamplingFilter(up, down, { zero_crossings, rolloff, kaiser_beta }) {
  const scale = Math.min(1, up / down);
  const width = zero_crossings / scale; // half the filter's length, in input samples
  const half = Math.floor(width * up);
  const prototype = new Float64Array(2 * half + 1);
  for (let i = 0; i < prototype.length; i += 1) {
    const t = (i - half) / up;
    const taper = besselI0(kaiser_beta * Math.sqrt(Math.max(0, 1 - (t / width) ** 2)));
    prototype[i] = sinc(rolloff * scale * t) * taper;
  }
  for (let branch = 0; branch < Math.min(up, prototype.length); branch += 1) {
    let sum = 0;
    for (let i = branch; i < prototype.length; i += up) sum += prototype[i];
    for (let i = branch; i < prototype.length; i += up) prototype[i] /= sum;
  }
  return prototype;
}

/**
 * The same filter by phase: the taps of phase p, in the order of the input samples, as one row [n_taps] each. Rounded
 * to float32 as on the server, but stored as float64, which spares the inner loop a conversion a tap (three times
 * faster).
 * @param {Float64Array} prototype
 * @param {number} up
 * @returns {{taps: Float64Array, n_taps: number, reach: number}} reach: input samples needed on each side
 */
function polyphaseTaps(prototype, up) {
  const half = (prototype.length - 1) / 2;
  const reach = Math.ceil(half / up);
  const n_taps = 2 * reach + 1;
  const taps = new Float64Array(up * n_taps);
  for (let phase = 0; phase < up; phase += 1) {
    for (let j = 0; j < n_taps; j += 1) {
      const index = half + phase + (reach - j) * up;
      if (index >= 0 && index < prototype.length) taps[phase * n_taps + j] = Math.fround(prototype[index]);
    }
  }
  return { taps, n_taps, reach };
}

/** Streaming: the outputs of the blocks, joined, are those of the whole song at once. */
export class Resampler {
  /**
   * @param {number} rate_in_hz
   * @param {number} rate_out_hz
   * @param {KaiserSinc} kernel
   */
  constructor(rate_in_hz, rate_out_hz, kernel) {
    const divisor = greatestCommonDivisor(rate_in_hz, rate_out_hz);
    this._up = rate_out_hz / divisor;
    this._down = rate_in_hz / divisor;
    const { taps, n_taps, reach } = polyphaseTaps(resamplingFilter(this._up, this._down, kernel), this._up);
    this._taps = taps;
    this._n_taps = n_taps;
    this._reach = reach;
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
