/**
 * Log-mel frames of PCM at the model's rate. Frame k covers samples [k * hop_length, k * hop_length + n_fft): no
 * padding, so that live input and files agree and no frame sees the future.
 */

import { joined, release } from "../arrays.js";

/** @typedef {import("../contract.js").SignalChain} SignalChain */

/** Streaming: samples in, complete frames out. */
export class LogMelFrames {
  /**
   * @param {SignalChain} chain
   * @param {Float32Array} mel_filters [n_mels, n_fft / 2 + 1]
   * @param {import("./dsp.js").Dsp} dsp
   */
  constructor(chain, mel_filters, dsp) {
    this._chain = chain;
    this._kernel = dsp.melKernel(chain, mel_filters);
    this._pending = new Float32Array(0);
  }

  /**
   * @param {Float32Array} samples [n]
   * @returns {Float32Array} the frames that are now complete, [m, n_mels] row-major, dB
   */
  push(samples) {
    const { n_fft, hop_length, n_mels } = this._chain;
    const pending = joined([this._pending, samples]);
    const n_frames = Math.max(0, Math.floor((pending.length - n_fft) / hop_length) + 1);
    const log_mel = new Float32Array(n_frames * n_mels);
    /** @param {number} number */
    const frame = (number) => pending.subarray(number * hop_length, number * hop_length + n_fft);
    for (let first = 0; first < n_frames; first += 2) {
      const second = Math.min(first + 1, n_frames - 1);
      const powers = this._kernel.powers(frame(first), frame(second));
      this._decibels(powers, 0, log_mel, first);
      this._decibels(powers, 1, log_mel, second);
    }
    this._pending = pending.slice(n_frames * hop_length);
    release(pending);
    return log_mel;
  }

  /**
   * @param {Float64Array} powers [n_mels, 2] @param {number} lane
   * @param {Float32Array} log_mel @param {number} frame
   */
  _decibels(powers, lane, log_mel, frame) {
    const { n_mels, log } = this._chain;
    for (let band = 0; band < n_mels; band += 1) {
      log_mel[frame * n_mels + band] = 10 * Math.log10(Math.max(powers[2 * band + lane], log.power_floor));
    }
  }
}
