/** Hears a song to its end: by what the store has of it, or else by the analyser. */

import { SoundFrames } from "../signal/sound-frames.js";
import { unpack } from "./packed.js";

/**
 * @typedef {import("./roles.js").Analysis} Analysis
 * @typedef {import("./roles.js").Contract} Contract
 * @typedef {import("./job.js").Job} Job
 *
 * @typedef {object} Outcome
 * @property {Analysis} analysis
 * @property {Contract | null} contract of the network that heard it now; null where the store had it
 *
 * @typedef {(news: Partial<import("./song.js").SoFar>) => void} OnNews
 */

export class Hearer {
  /** @param {import("./roles.js").World} world @param {import("./sounds.js").Sounds} sounds */
  constructor({ loader, store }, sounds) {
    this._loader = loader;
    this._store = store;
    this._sounds = sounds;
  }

  /**
   * @param {Job} job
   * @param {OnNews} onNews of what is heard
   * @returns {Promise<Outcome | null>} null when the job was ended before its end
   */
  async hear(job, onNews) {
    const file = /** @type {File} */ (job.song.file);
    const { contract } = await this._loader.get();
    const asked_ms = performance.now();
    const found = job.is_over ? null : await this._store.find(file, contract);
    if (job.is_over) return null;
    if (found?.sound) this._sounds.put(job.song, SoundFrames.of(found.sound));
    if (found) return { analysis: unpack(found.packed, asked_ms), contract: null };
    const lookup_ms = performance.now() - asked_ms;
    const analysis = await this._analyse(job, file, onNews);
    if (!analysis || !job.contract) return null;
    for (const time of ["first_row", "total"]) analysis.timings_ms[time] += lookup_ms; // the visitor waited for it, too
    analysis.timings_ms.lookup = lookup_ms;
    return { analysis, contract: job.contract };
  }

  /** @param {Job} job @param {File} file @param {OnNews} onNews @returns {Promise<Analysis | null>} */
  async _analyse(job, file, onNews) {
    const analyser = await this._loader.get();
    if (job.is_over) return null;
    job.contract = analyser.contract;
    const least_s = job.contract.minimum_duration_s;
    const analysis = await analyser.analyse(file, {
      // Only now is it certain that there is a song: until here the one before it stays on the page.
      onProgress: (fraction, decoded_s) => decoded_s >= least_s && onNews({ fraction, decoded_s }),
      onRows: (rows, unsure) => onNews({ rows, unsure }),
      onSound: (sound) => job.is_over || this._sounds.add(job.song, sound),
    });
    return job.is_over ? null : analysis;
  }
}
