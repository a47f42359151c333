/** The signal chain of one song: PCM of any rate and channel count in, log-mel frames out. */

import { merged, release } from "../arrays.js";
import { LogMelFrames } from "./log-mel.js";
import { Resampler } from "./resampler.js";

/** @typedef {import("../contract.js").SignalChain} SignalChain */

/** Streaming: blocks of PCM in, the log-mel frames that are now complete out. */
export class LogMelStream {
  /**
   * @param {SignalChain} chain
   * @param {Float32Array} mel_filters [n_mels, n_fft / 2 + 1]
   * @param {import("./dsp.js").Dsp} dsp
   * @param {number} skip_samples so many at the model's rate are dropped before frame 0: a segment's lead
   */
  constructor(chain, mel_filters, dsp, skip_samples = 0) {
    this._chain = chain;
    this._dsp = dsp;
    this._n_to_skip = skip_samples;
    this._frames = new LogMelFrames(chain, mel_filters, dsp);
    /** @type {import("./peaks.js").Peaks | null} measures each frame's peak for whoever wants them and puts it here */
    this.peaks = null;
    /** @type {{push: (samples: Float32Array) => void} | null} copies of the sound itself what it wants */
    this.excerpt = null;
    /** @type {Resampler | null} */
    this._resampler = null;
    this._rate_hz = 0;
    this._duration_s = 0;
    this._n_samples = 0; // at the current rate
  }

  /** Seconds of song so far, at its own rate. */
  get duration_s() {
    return this._duration_s + (this._rate_hz > 0 ? this._n_samples / this._rate_hz : 0);
  }

  /**
   * A rate that changes within the song (two recordings joined in one file) begins a new stretch, resampled on its own.
   * @param {Float32Array[]} channels [channels][n]
   * @param {number} sample_rate_hz
   * @returns {Float32Array} [m, n_mels] row-major, dB
   */
  push(channels, sample_rate_hz) {
    if (sample_rate_hz === this._rate_hz && this._resampler) {
      this._n_samples += channels[0].length;
      return this._framesOf(this._resampler.push(channels));
    }
    const rest = this.finish();
    this._duration_s = this.duration_s;
    this._rate_hz = sample_rate_hz;
    this._n_samples = channels[0].length;
    this._resampler = new Resampler(sample_rate_hz, this._chain.sample_rate_hz, this._chain.resampler, this._dsp);
    const frames = this._framesOf(this._resampler.push(channels));
    return merged([rest, frames]);
  }

  /** @returns {Float32Array} the frames that the resampler still held back, [m, n_mels] */
  finish() {
    return this._framesOf(this._resampler ? this._resampler.finish() : new Float32Array(0));
  }

  /** @param {Float32Array} resampled @returns {Float32Array} */
  _framesOf(resampled) {
    const kept = resampled.subarray(this._n_to_skip);
    this._n_to_skip -= resampled.length - kept.length;
    const log_mel = this._frames.push(kept);
    this.peaks?.push(kept);
    this.excerpt?.push(kept);
    release(resampled);
    return log_mel;
  }
}
