/** The largest excursion of the sound in each frame's hop: what an outline of the waveform is drawn from. */

export class Peaks {
  /** @param {number} hop_length samples */
  constructor(hop_length) {
    this._hop_length = hop_length;
    /** @type {number[]} of complete hops */
    this._peaks = [];
    this._peak = 0; // of the current one so far
    this._n_in_hop = 0;
  }

  /** @param {Float32Array} samples mono, the next ones */
  push(samples) {
    let at = 0;
    while (at < samples.length) {
      const end = Math.min(samples.length, at + this._hop_length - this._n_in_hop);
      this._peak = Math.max(this._peak, largest(samples, at, end));
      this._n_in_hop += end - at;
      at = end;
      if (this._n_in_hop === this._hop_length) this._endHop();
    }
  }

  /** @param {number} n @returns {number[]} of the next hops; fewer where fewer are complete */
  take(n) {
    return this._peaks.splice(0, n);
  }

  _endHop() {
    this._peaks.push(this._peak);
    this._peak = 0;
    this._n_in_hop = 0;
  }
}

/** @param {Float32Array} samples @param {number} from @param {number} to */
function largest(samples, from, to) {
  let top = 0;
  for (let i = from; i < to; i += 1) {
    const size = Math.abs(samples[i]);
    if (size > top) top = size;
  }
  return top;
}
