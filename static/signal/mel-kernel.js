/**
 * The mel powers of frames, two at a time: a window, a Fourier transform, the mel matrix.
 *
 * In float64 on purpose: float32's rounding alone moves quiet mel bands by more than the parity tolerance (measured:
 * 80 % of bins within 1e-3 dB instead of all), which rules out the libraries that there are for WebAssembly.
 */

import { instantiate } from "./instance.js";

/** @param {number} n @returns {Float64Array} the periodic Hann window [n] */
const hannWindow = (n) => Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n));

/** @param {number} n a power of two @returns {Int32Array} each index with its bits in reverse order */
export function reversedBits(n) {
  const reversed = new Int32Array(n);
  for (let i = 1; i < n; i += 1) reversed[i] = (reversed[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
  return reversed;
}

/** @param {number} k @param {number} n @returns {[number, number]} cos and sin of 2 π k / n */
const turn = (k, n) => [Math.cos((2 * Math.PI * k) / n), Math.sin((2 * Math.PI * k) / n)];

/**
 * @param {number} half the transform's length, a power of two
 * @returns {Float64Array} for each stage of radix 4 and each of its angles: the turns by it, by twice and by thrice it
 */
export function stageTurns(half) {
  const turns = [];
  const first_size = Math.log2(half) % 2 === 0 ? 1 : 2; // a stage of radix 2, which turns nothing, goes before
  for (let size = first_size; size < half; size *= 4) {
    for (let k = 0; k < size; k += 1) for (const times of [1, 2, 3]) turns.push(...turn(times * k, 4 * size));
  }
  return Float64Array.from(turns);
}

/**
 * The mel matrix without its zeros: band b weighs the bins from `first[b]` on with weights[offset[b] … offset[b + 1]).
 * @param {Float32Array} filters [n_mels, n_bins]
 * @param {number} n_mels
 */
export function sparseRows(filters, n_mels) {
  const n_bins = filters.length / n_mels;
  const first = new Int32Array(n_mels);
  const offset = new Int32Array(n_mels + 1);
  /** @type {number[]} */
  const weights = [];
  for (let band = 0; band < n_mels; band += 1) {
    const row = filters.subarray(band * n_bins, (band + 1) * n_bins);
    const begin = row.findIndex((weight) => weight !== 0);
    const end = row.findLastIndex((weight) => weight !== 0) + 1;
    first[band] = Math.max(0, begin);
    weights.push(...row.subarray(first[band], end));
    offset[band + 1] = weights.length;
  }
  return { first, offset, weights: Float64Array.from(weights) };
}

export class MelKernel {
  /**
   * @param {WebAssembly.Module} module
   * @param {{n_fft: number, n_mels: number}} sizes n_fft: a power of two from 4 on
   * @param {Float32Array} mel_filters [n_mels, n_fft / 2 + 1]
   * @throws {RangeError} for other frame lengths
   */
  constructor(module, { n_fft: n, n_mels }, mel_filters) {
    if (n < 4 || (n & (n - 1)) !== 0) throw new RangeError(`frame length is ${n}, must be a power of two from 4 on`);
    const half = n / 2;
    const { loops, arrays } = instantiate(module, {
      ...sparseRows(mel_filters, n_mels),
      window: hannWindow(n),
      reversed: reversedBits(half),
      stage_turns: stageTurns(half),
      turns: Float64Array.from(Array.from({ length: half / 2 + 1 }, (_, k) => turn(k, n)).flat()),
      a: new Float32Array(n),
      b: new Float32Array(n),
      spectrum: new Float64Array(4 * half),
      power: new Float64Array(2 * (half + 1)),
      mel: new Float64Array(2 * n_mels),
    });
    this._half = half;
    this._n_mels = n_mels;
    this._loops = loops;
    this._arrays = arrays;
  }

  /**
   * @param {Float32Array} a [n_fft] @param {Float32Array} b [n_fft]
   * @returns {Float64Array} [n_mels, 2], valid until the next call
   */
  powers(a, b) {
    const { _half: half, _loops: loops, _arrays: arrays } = this;
    arrays.a.set(a);
    arrays.b.set(b);
    /** @param {keyof typeof arrays} name */
    const at = (name) => arrays[name].byteOffset;
    loops.windowed(at("a"), at("b"), at("window"), at("reversed"), half, at("spectrum"));
    loops.transform(at("spectrum"), half, at("stage_turns"));
    loops.power(at("spectrum"), half, at("turns"), at("power"));
    loops.weigh(at("power"), at("first"), at("offset"), at("weights"), this._n_mels, at("mel"));
    return arrays.mel;
  }

  /**
   * Before the mel matrix weighs it.
   * @param {Float32Array} frame [n_fft]
   * @returns {Float64Array} [n_fft / 2 + 1], the power in each bin
   */
  spectrum(frame) {
    this.powers(frame, frame);
    return this._arrays.power.filter((_, i) => i % 2 === 0); // the first of two lanes that are alike
  }
}
