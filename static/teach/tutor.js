/** Has the teaching done in a worker of its own for each order, so that the page only draws. */

/**
 * @typedef {import("./teach-worker.js").FitOrder} FitOrder
 * @typedef {import("./teach-worker.js").Fitted} Fitted
 * @typedef {import("./teach-worker.js").ModelOrder} ModelOrder
 */

export class Tutor {
  /**
   * @param {FitOrder["genres"]} genres
   * @param {(fraction: number) => void} onProgress
   * @param {AbortSignal} signal
   * @returns {Promise<Fitted>} rejects with an AbortError when it is not wanted any more
   */
  fit(genres, onProgress, signal) {
    return ask({ what: "fit", genres }, onProgress, signal);
  }

  /** @param {Omit<ModelOrder, "what">} order @returns {Promise<import("./base.js").Model>} */
  model(order) {
    return ask({ what: "model", ...order });
  }

  /** @param {Map<string, Blob>} folder files by path @returns {Promise<Blob>} */
  zip(folder) {
    return ask({ what: "zip", folder });
  }
}

/**
 * @param {import("./teach-worker.js").Order} order
 * @param {(fraction: number) => void} [onProgress]
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
async function ask(order, onProgress = () => {}, signal = new AbortController().signal) {
  signal.throwIfAborted();
  const worker = new Worker(new URL("./teach-worker.js", import.meta.url), { type: "module", name: "teach" });
  const answer = new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    worker.onmessage = ({ data }) => {
      if ("fraction" in data) onProgress(data.fraction);
      else if ("error" in data) reject(new Error(data.error));
      else resolve(data.result);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      reject(new Error(event.message ?? "the page's own script could not be loaded"));
    };
    worker.postMessage(order);
  });
  return answer.finally(() => worker.terminate());
}
