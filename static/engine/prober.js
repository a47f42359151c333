/** Asks a worker of its own about this computer's GPU; it goes with the answer, and so does its GPU memory. */

/**
 * @typedef {import("../network/probe.js").Findings} Findings
 * @typedef {import("../network/probe.js").Question} Question
 * @typedef {import("../network/probe.js").Verdict} Verdict
 */

/** Twice what two GPUs may take to start: one that pretends to be faster than it is can keep a core busy for long. */
const PATIENCE_MS = 12_000;

/** @type {Findings} when the worker crashes or hangs */
const NO_ANSWER = {
  webgpu: { code: "failed", message: "it took too long or crashed" },
  webgl: { code: "failed", message: "it took too long or crashed" },
};

export class Prober {
  /** @returns {Promise<Findings | null>} what there is; null when stopped */
  survey() {
    return this._ask(null, NO_ANSWER);
  }

  /** @param {Question} question @returns {Promise<Verdict | null>} null when stopped */
  probe(question) {
    return this._ask(question, { backend: "wasm", reason: NO_ANSWER, ms_per_window: {} });
  }

  /** What is being asked, if anything, is not wanted now. */
  stop() {
    this._end(null);
  }

  /** @param {Question | null} question @param {any} no_answer @returns {Promise<any>} */
  _ask(question, no_answer) {
    this.stop();
    const worker = new Worker(new URL("./probe-worker.js", import.meta.url), { type: "module", name: "probe" });
    return new Promise((resolve) => {
      const timer = setTimeout(() => this._end(no_answer), PATIENCE_MS);
      this._end = (/** @type {any} */ answer) => {
        clearTimeout(timer);
        worker.terminate();
        this._end = () => {};
        resolve(answer);
      };
      worker.onmessage = ({ data }) => this._end(data);
      worker.onerror = (event) => {
        event.preventDefault();
        this._end(no_answer);
      };
      worker.postMessage(question);
    });
  }

  /** @param {any} _answer to whom nobody waits for */
  _end(_answer) {}
}
