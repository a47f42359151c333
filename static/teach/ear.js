/** Hears songs for the course: workers of its own, beside the page's, as long as there is something to hear. */

import { Embedder } from "../engine/embedder.js";
import { SongError } from "../engine/song-error.js";
import { withoutLastLayer } from "./base.js";

/** More songs may come; each of the workers holds a network. */
const IDLE_MS = 30_000;

export class Ear {
  /** @param {() => Promise<import("./base.js").Model>} getBase */
  constructor(getBase) {
    this._getBase = getBase;
    /** @type {Promise<Embedder> | null} */
    this._embedder = null;
    this._timer = 0;
  }

  /**
   * @param {File} file
   * @param {(fraction: number) => void} onProgress
   * @returns {Promise<import("../network/embedding.js").Embedding>} rejects with a SongError, or an AbortError
   */
  async embed(file, onProgress) {
    clearTimeout(this._timer);
    this._embedder ??= this._start();
    try {
      return await (await this._embedder).embed(file, onProgress);
    } finally {
      clearTimeout(this._timer);
      this._timer = setTimeout(() => this.end(), IDLE_MS);
    }
  }

  async abort() {
    (await this._started())?.abort();
  }

  async end() {
    const started = this._started();
    this._embedder = null;
    (await started)?.end();
  }

  /** @returns {Promise<Embedder | null>} null of one that could not be started: whoever waits for it is told */
  async _started() {
    return this._embedder ? this._embedder.catch(() => null) : null;
  }

  async _start() {
    try {
      const { contract, folder } = await withoutLastLayer(await this._getBase());
      return new Embedder(contract, folder);
    } catch (error) {
      this._embedder = null;
      throw new SongError("no-model", { reason: String(error) });
    }
  }
}
