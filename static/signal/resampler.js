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
 * The same filter by phase: the taps of phase p, in the order of the input samples, as one row [n_taps] each.
 * @param {Float64Array} prototype
 * @param {number} up
 * @returns {{taps: Float32Array, n_taps: number, reach: number}} reach: input samples needed on each side
 */
function polyphaseTaps(prototype, up) {
  const half = (prototype.length - 1) / 2;
  const reach = Math.ceil(half / up);
  const n_taps = 2 * reach + 1;
  const taps = new Float32Array(up * n_taps);
  for (let phase = 0; phase < up; phase += 1) {
    for (let j = 0; j < n_taps; j += 1) {
      const index = half + phase + (reach - j) * up;
      if (index >= 0 && index < prototype.length) taps[phase * n_taps + j] = prototype[index];
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
    this._kept = new Float32Array(1 << 16);
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
    const target = n_needed > this._kept.length ? new Float32Array(2 * n_needed) : this._kept;
    if (target !== this._kept) target.set(this._kept.subarray(this._start, this._n_kept));
    else target.copyWithin(0, this._start, this._n_kept);
    target.set(samples, this._n_kept - this._start);
    this._kept = target;
    this._n_kept = n_needed;
    this._start = 0;
  }

  /** @param {number} n_new how many output samples to compute @returns {Float32Array} */
  _filter(n_new) {
    const { _up: up, _kept: x, _taps: taps, _n_taps: n_taps } = this;
    const whole = Math.floor(this._down / up);
    const part = this._down % up;
    const output = new Float32Array(Math.max(0, n_new));
    let start = this._start;
    let phase = this._phase;
    for (let m = 0; m < output.length; m += 1) {
      output[m] = dot(x, start, taps, phase * n_taps, n_taps);
      start += whole;
      phase += part;
      if (phase >= up) {
        phase -= up;
        start += 1;
      }
    }
    this._n_out += output.length;
    this._start = start;
    this._phase = phase;
    return output;
  }
}

/**
 * Four running sums, because one would make every addition wait for the one before it.
 * @param {Float32Array} x @param {number} i
 * @param {Float32Array} taps @param {number} j
 * @param {number} n
 */
function dot(x, i, taps, j, n) {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let k = 0;
  for (; k + 3 < n; k += 4) {
    a += x[i + k] * taps[j + k];
    b += x[i + k + 1] * taps[j + k + 1];
    c += x[i + k + 2] * taps[j + k + 2];
    d += x[i + k + 3] * taps[j + k + 3];
  }
  for (; k < n; k += 1) a += x[i + k] * taps[j + k];
  return a + b + (c + d);
}
