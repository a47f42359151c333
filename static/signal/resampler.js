/**
 * Mono at the model's rate, of PCM of any rate and channel count. Conventions as in resampling-filter.js; outside the
 * song there is silence.
 *
 * Mono is the mean of the channels. (ffmpeg's own down-mix is 3 dB louder, and each browser mixes in its own way.)
 * Samples of float files that are no numbers, or infinite, count as silence, as on the server.
 */

/** Streaming: the outputs of the blocks, joined, are those of the whole song at once. */
export class Resampler {
  /**
   * @param {number} rate_in_hz
   * @param {number} rate_out_hz
   * @param {import("../contract.js").KaiserSinc} kaiser_sinc
   * @param {import("./dsp.js").Dsp} dsp
   */
  constructor(rate_in_hz, rate_out_hz, kaiser_sinc, dsp) {
    this._kernel = dsp.resamplingKernel(rate_in_hz, rate_out_hz, kaiser_sinc);
    /** Mono input from the next output's first tap on: at first the silence before the song. */
    this._kept = new Float64Array(this._kernel.filter.reach);
    this._phase = 0;
    this._n_in = 0;
    this._n_out = 0;
  }

  /**
   * Takes samples [channels][n], gives the outputs that are now certain.
   * @param {Float32Array[]} channels
   * @returns {Float32Array}
   */
  push(channels) {
    this._n_in += channels[0].length;
    return this._run(channels, Infinity);
  }

  /**
   * The rest, as if the song went on in silence: ceil(n_in * up / down) samples in all.
   * @returns {Float32Array}
   */
  finish() {
    const { up, down, n_taps } = this._kernel.filter;
    const n_left = Math.ceil((this._n_in * up) / down) - this._n_out;
    return this._run([new Float32Array(n_taps)], n_left);
  }

  /** @param {Float32Array[]} channels @param {number} most outputs to give @returns {Float32Array} */
  _run(channels, most) {
    const n = channels[0].length;
    const output = new Float32Array(Math.min(most, this._nCertain(this._kept.length + n)));
    let done = 0;
    for (let at = 0; at < n; at += this._kernel.chunk_samples) {
      const input = this._kernel.mix(this._kept, channels, at, Math.min(n, at + this._kernel.chunk_samples));
      const n_outputs = Math.min(output.length - done, this._nCertain(input.length));
      output.set(this._kernel.resample(this._phase, n_outputs), done);
      done += n_outputs;
      this._advance(input, n_outputs);
    }
    this._n_out += output.length;
    return output;
  }

  /** @param {number} n_input from the next output's first tap on @returns {number} outputs that it is enough for */
  _nCertain(n_input) {
    const { up, down, n_taps } = this._kernel.filter;
    const last = n_input - n_taps; // where the last certain output's first tap lies at most
    return last < 0 ? 0 : Math.floor((last * up + up - 1 - this._phase) / down) + 1;
  }

  /** @param {Float64Array} input @param {number} n_outputs made of it */
  _advance(input, n_outputs) {
    const { up, down } = this._kernel.filter;
    const ahead = this._phase + n_outputs * down;
    this._kept = input.slice(Math.floor(ahead / up));
    this._phase = ahead % up;
  }
}
