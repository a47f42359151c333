/** One change of rate: its filter, and the WebAssembly that mixes channels and applies it, a chunk at a time. */

import { instantiate } from "./instance.js";
import { resamplingFilter } from "./resampling-filter.js";

/** Input samples worked on at once: what is made of them stays in the processor's cache. */
const CHUNK_SAMPLES = 1 << 14;
/** 64 MB: more than any rate up to 192 kHz takes. What shares no factor with the model's rate has 22,050 phases. */
const MOST_TAPS = 1 << 23;

export class ResamplingKernel {
  /**
   * @param {WebAssembly.Module} module
   * @param {number} rate_in_hz
   * @param {number} rate_out_hz
   * @param {import("../contract.js").KaiserSinc} kaiser_sinc
   */
  constructor(module, rate_in_hz, rate_out_hz, kaiser_sinc) {
    const filter = resamplingFilter(rate_in_hz, rate_out_hz, kaiser_sinc);
    this.filter = filter;
    this.chunk_samples = CHUNK_SAMPLES;
    this._has_all_rows = filter.up * filter.n_taps <= MOST_TAPS;
    const n_rows = this._has_all_rows ? filter.up : 1;
    const n_input = CHUNK_SAMPLES + filter.n_taps;
    const { loops, arrays } = instantiate(module, {
      taps: new Float64Array(n_rows * filter.n_taps),
      channel: new Float32Array(CHUNK_SAMPLES + 1), // one more here and in `input`: loops take two at a time
      input: new Float64Array(n_input + 1),
      output: new Float32Array(Math.ceil((n_input * filter.up) / filter.down) + 1),
    });
    this._loops = loops;
    this._arrays = arrays;
    for (let phase = 0; this._has_all_rows && phase < n_rows; phase += 1) this._fillRow(phase, phase);
  }

  /** @param {number} phase @param {number} row of the table of taps, where there is room for it */
  _fillRow(phase, row) {
    const { n_taps } = this.filter;
    this.filter.fillRow(phase, this._arrays.taps.subarray(row * n_taps, (row + 1) * n_taps));
  }

  /**
   * The input from the next output's first tap on: what was kept, then the mean of the channels from `from` to `to`.
   * @param {Float64Array} kept at most n_taps
   * @param {Float32Array[]} channels [channels][n]
   * @param {number} from @param {number} to at most chunk_samples further
   * @returns {Float64Array} valid until the next call
   */
  mix(kept, channels, from, to) {
    const { channel, input } = this._arrays;
    const n = to - from;
    const length = kept.length + n;
    input.set(kept);
    input.fill(0, kept.length, length);
    const mixed = input.byteOffset + kept.byteLength;
    for (const samples of channels) {
      channel.set(samples.subarray(from, to));
      this._loops.addChannel(channel.byteOffset, n, mixed);
    }
    this._loops.scaleToMono(mixed, n, 1 / channels.length);
    return input.subarray(0, length);
  }

  /**
   * @param {number} phase of the first output: how far it lies past its middle tap, in 1 / up input samples
   * @param {number} n_outputs that the input is enough for
   * @returns {Float32Array} valid until the next call
   */
  resample(phase, n_outputs) {
    const { up, down, n_taps } = this.filter;
    const { taps, input, output } = this._arrays;
    if (this._has_all_rows) {
      this._loops.resample(input.byteOffset, up, down, phase, taps.byteOffset, n_taps, output.byteOffset, n_outputs);
    } else {
      for (let m = 0; m < n_outputs; m += 1) this._resampleOne(phase + m * down, m);
    }
    return output.subarray(0, n_outputs);
  }

  /**
   * With taps made for this output alone.
   * @param {number} ahead how far it lies past the first tap's middle, in 1 / up input samples
   * @param {number} m the output's number
   */
  _resampleOne(ahead, m) {
    const { up, n_taps } = this.filter;
    const { taps, input, output } = this._arrays;
    this._fillRow(ahead % up, 0);
    const from = input.byteOffset + Math.floor(ahead / up) * input.BYTES_PER_ELEMENT;
    this._loops.resample(from, 1, 1, 0, taps.byteOffset, n_taps, output.byteOffset + m * output.BYTES_PER_ELEMENT, 1);
  }
}
