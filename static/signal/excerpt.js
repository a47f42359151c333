/** A run of a sound that goes by in blocks: what is wanted of it is copied, the rest is not kept. */

export class Excerpt {
  /** @param {number} n_before samples that go by first @param {number} n_samples wanted */
  constructor(n_before, n_samples) {
    this._n_before = n_before;
    this._samples = new Float32Array(n_samples);
    this._n = 0;
  }

  /** @param {Float32Array} block the next samples */
  push(block) {
    const wanted = block.subarray(this._n_before, this._n_before + this._samples.length - this._n);
    this._n_before = Math.max(0, this._n_before - block.length);
    this._samples.set(wanted, this._n);
    this._n += wanted.length;
  }

  /** As far as the sound has gone by. */
  get samples() {
    return this._samples.slice(0, this._n);
  }
}
