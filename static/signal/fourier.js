/**
 * The Fourier transform of two real frames at once, and back: one in each lane of the kernel that the log-mel is made
 * with (dsp/spectrum.ts).
 *
 * Conventions: a spectrum is float64 [n, 4]: for each bin the real parts of both frames, then the imaginary ones.
 */

import { instantiate } from "./instance.js";
import { reversedBits, stageTurns } from "./mel-kernel.js";

const VALUES = 4;

export class Fourier {
  /** @param {WebAssembly.Module} module @param {number} n a power of two: the transform's length */
  constructor(module, n) {
    this._n = n;
    this._reversed = reversedBits(n);
    const { loops, arrays } = instantiate(module, {
      stage_turns: stageTurns(n),
      spectrum: new Float64Array(VALUES * n),
      frames: new Float64Array(VALUES * n),
    });
    this._loops = loops;
    this._arrays = arrays;
  }

  /**
   * @param {Float32Array} a [n] @param {Float32Array} b [n] @param {Float64Array} window [n]
   * @returns {Float64Array} their spectrum, which may be changed; valid until the next call
   */
  forward(a, b, window) {
    const { spectrum } = this._arrays;
    for (let i = 0; i < this._n; i += 1) {
      const to = VALUES * this._reversed[i];
      spectrum[to] = a[i] * window[i];
      spectrum[to + 1] = b[i] * window[i];
      spectrum[to + 2] = spectrum[to + 3] = 0;
    }
    this._transform("spectrum");
    return /** @type {Float64Array} */ (spectrum);
  }

  /**
   * Real frames from what their spectrum has in the bins up to n / 2: the others mirror them.
   * @param {Float64Array} spectrum
   * @param {Float64Array} gains_a [n / 2 + 1], what each bin of the first frame is multiplied by
   * @param {Float64Array} gains_b
   * @returns {Float64Array} [n, 4]: a sample of the first frame, one of the second, and nothing of use; valid until the
   *     next call
   */
  backward(spectrum, gains_a, gains_b) {
    const { _n: n, _reversed: reversed } = this;
    const { frames } = this._arrays;
    for (let bin = 0; bin < n; bin += 1) {
      const [from, to, k] = [VALUES * bin, VALUES * reversed[bin], bin <= n / 2 ? bin : n - bin];
      const [gain_a, gain_b] = [gains_a[k] / n, gains_b[k] / n];
      // The transform of the conjugate is that of the inverse's: real frames are the same either way.
      frames[to] = spectrum[from] * gain_a;
      frames[to + 1] = spectrum[from + 1] * gain_b;
      frames[to + 2] = -spectrum[from + 2] * gain_a;
      frames[to + 3] = -spectrum[from + 3] * gain_b;
    }
    this._transform("frames");
    return /** @type {Float64Array} */ (frames);
  }

  /** @param {"spectrum" | "frames"} name */
  _transform(name) {
    const { stage_turns, [name]: z } = this._arrays;
    this._loops.transform(z.byteOffset, this._n, stage_turns.byteOffset);
  }
}
