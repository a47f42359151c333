/** What signal processing in this worker shares: tables that are made once, however many streams use them. */

import { resamplingFilter } from "./resampling-filter.js";

/** @typedef {import("../contract.js").KaiserSinc} KaiserSinc */
/** @typedef {import("./resampling-filter.js").ResamplingFilter} ResamplingFilter */

/** Filters kept for songs to come: those of one song, even one of several recordings. */
const MAX_FILTERS = 4;

export class Dsp {
  constructor() {
    /** @type {Map<string, ResamplingFilter>} by all that it depends on, the one made last at the end */
    this._filters = new Map();
  }

  /**
   * @param {number} rate_in_hz
   * @param {number} rate_out_hz
   * @param {KaiserSinc} kernel
   * @returns {ResamplingFilter}
   */
  filter(rate_in_hz, rate_out_hz, kernel) {
    const key = JSON.stringify([rate_in_hz, rate_out_hz, kernel]);
    const found = this._filters.get(key) ?? resamplingFilter(rate_in_hz, rate_out_hz, kernel);
    this._filters.set(key, found);
    for (const [oldest] of this._filters) if (this._filters.size > MAX_FILTERS) this._filters.delete(oldest);
    return found;
  }
}

/** @returns {Promise<Dsp>} one for each worker */
export async function loadDsp() {
  return new Dsp();
}
