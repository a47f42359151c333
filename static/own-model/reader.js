/** Reads and tries a model in a worker of its own, so that nothing in it can hold the page up. */

import { ModelError } from "./model-error.js";

/** Unpacking, hashing and a first run of the largest network take a tenth of this on a slow phone. */
const PATIENCE_MS = 60_000;

export class ModelReader {
  /**
   * @param {import("./claim.js").Claim} claim
   * @returns {Promise<import("./read-model.js").Model | null>} null when another one was read meanwhile
   * @throws {ModelError}
   */
  read(claim) {
    this.stop();
    const worker = new Worker(new URL("./reader-worker.js", import.meta.url), { type: "module", name: "model" });
    return new Promise((resolve, reject) => {
      const fail = (/** @type {ModelError} */ error) => this._end(() => reject(error));
      const hangs = () => fail(new ModelError("does-not-run", { reason: "it takes too long" }));
      const timer = setTimeout(hangs, PATIENCE_MS);
      this._end = (/** @type {() => void} */ tell) => {
        clearTimeout(timer);
        worker.terminate();
        this._end = () => {};
        tell();
      };
      this._leave = () => this._end(() => resolve(null));
      worker.onmessage = ({ data }) => {
        if (data.error) fail(new ModelError(data.error.code, data.error.details));
        else this._end(() => resolve(data.model));
      };
      worker.onerror = (event) => {
        event.preventDefault();
        fail(new ModelError("does-not-run", { reason: event.message ?? "the page's own script could not be loaded" }));
      };
      worker.postMessage(claim);
    });
  }

  /** What is being read, if anything, is not wanted any more. */
  stop() {
    this._leave();
  }

  /** @param {() => void} _tell */
  _end(_tell) {}

  _leave() {}
}
