/** The door to our own WebAssembly: the signal chain's inner loops in float64 SIMD. Its source is in dsp/. */

import { Fourier } from "./fourier.js";
import { MelKernel } from "./mel-kernel.js";
import { ResamplingKernel } from "./resampling-kernel.js";

/** @typedef {import("../contract.js").KaiserSinc} KaiserSinc */
/** @typedef {import("../contract.js").SignalChain} SignalChain */

/** Resampling kernels kept for songs to come: more rates than one song has, even one of several recordings. */
const MAX_KERNELS = 4;

/** Kernels with their tables, made once, however many streams use them: they keep nothing of a stream. */
export class Dsp {
  /** @param {WebAssembly.Module} module */
  constructor(module) {
    this._module = module;
    /** @type {Map<string, ResamplingKernel>} by all that it depends on */
    this._resampling = new Map();
    /** @type {{chain: SignalChain, mel_filters: Float32Array, kernel: MelKernel} | null} */
    this._mel = null;
  }

  /**
   * @param {number} rate_in_hz
   * @param {number} rate_out_hz
   * @param {KaiserSinc} kaiser_sinc
   * @returns {ResamplingKernel}
   */
  resamplingKernel(rate_in_hz, rate_out_hz, kaiser_sinc) {
    const key = JSON.stringify([rate_in_hz, rate_out_hz, kaiser_sinc]);
    const known = this._resampling.get(key);
    if (known) return known;
    const kernel = new ResamplingKernel(this._module, rate_in_hz, rate_out_hz, kaiser_sinc);
    this._resampling.set(key, kernel);
    const [oldest] = this._resampling.keys();
    if (this._resampling.size > MAX_KERNELS) this._resampling.delete(oldest);
    return kernel;
  }

  /**
   * @param {SignalChain} chain
   * @param {Float32Array} mel_filters [n_mels, n_fft / 2 + 1]
   * @returns {MelKernel}
   */
  melKernel(chain, mel_filters) {
    if (this._mel?.chain !== chain || this._mel.mel_filters !== mel_filters) {
      this._mel = { chain, mel_filters, kernel: new MelKernel(this._module, chain, mel_filters) };
    }
    return this._mel.kernel;
  }

  /** @param {number} n a power of two @returns {Fourier} */
  fourier(n) {
    return new Fourier(this._module, n);
  }
}

/** @returns {Promise<Dsp>} one for each worker */
export async function loadDsp() {
  return new Dsp(await WebAssembly.compileStreaming(fetch(new URL("dsp.wasm", import.meta.url))));
}
