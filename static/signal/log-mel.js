/**
 * Log-mel frames of PCM at the model's rate. Frame k covers samples [k * hop_length, k * hop_length + n_fft): no
 * padding, so that live input and files agree and no frame sees the future.
 */

import { RealFft } from "./fft.js";

/** @typedef {import("../contract.js").SignalChain} SignalChain */

/** @param {number} n @returns {Float64Array} the periodic Hann window [n] */
export const hannWindow = (n) =>
  Float64Array.from({ length: n }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * i) / n));

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

/** Streaming: samples in, complete frames out. */
export class LogMelFrames {
  /**
   * @param {SignalChain} chain
   * @param {Float32Array} mel_filters [n_mels, n_fft / 2 + 1]
   */
  constructor(chain, mel_filters) {
    this._chain = chain;
    this._fft = new RealFft(chain.n_fft);
    this._windowed = new Float64Array(chain.n_fft);
    this._window = hannWindow(chain.n_fft);
    this._bands = sparseRows(mel_filters, chain.n_mels);
    this._power = new Float64Array(chain.n_fft / 2 + 1);
    this._pending = new Float32Array(0);
  }

  /**
   * @param {Float32Array} samples [n]
   * @returns {Float32Array} the frames that are now complete, [m, n_mels] row-major, dB
   */
  push(samples) {
    const { n_fft, hop_length, n_mels } = this._chain;
    const pending = new Float32Array(this._pending.length + samples.length);
    pending.set(this._pending);
    pending.set(samples, this._pending.length);
    const n_frames = Math.max(0, Math.floor((pending.length - n_fft) / hop_length) + 1);
    const log_mel = new Float32Array(n_frames * n_mels);
    for (let frame = 0; frame < n_frames; frame += 1) {
      this._powerSpectrum(pending, frame * hop_length);
      this._decibels(log_mel, frame * n_mels);
    }
    this._pending = pending.slice(n_frames * hop_length);
    return log_mel;
  }

  /** @param {Float32Array} samples @param {number} start */
  _powerSpectrum(samples, start) {
    const { _window: window, _windowed: windowed } = this;
    for (let i = 0; i < window.length; i += 1) windowed[i] = samples[start + i] * window[i];
    this._fft.powerSpectrum(windowed, this._power);
  }

  /** @param {Float32Array} log_mel @param {number} at where this frame goes */
  _decibels(log_mel, at) {
    const { first, offset, weights } = this._bands;
    const power = this._power;
    const floor = this._chain.log.power_floor;
    for (let band = 0; band < first.length; band += 1) {
      let sum = 0;
      let bin = first[band];
      for (let i = offset[band]; i < offset[band + 1]; i += 1, bin += 1) sum += weights[i] * power[bin];
      log_mel[at + band] = 10 * Math.log10(Math.max(sum, floor));
    }
  }
}
