/** Has the teaching done in a worker of its own for each order, so that the page only draws. */

/**
 * @typedef {import("./teach-worker.js").TeachOrder} TeachOrder
 * @typedef {import("./teach-worker.js").Lesson} Lesson
 */

export class Tutor {
  /**
   * @param {Omit<TeachOrder, "what">} order
   * @param {(fraction: number) => void} onProgress
   * @param {AbortSignal} signal
   * @returns {Promise<Lesson>} rejects with an AbortError when it is not wanted any more
   */
  teach(order, onProgress, signal) {
    return ask({ what: "teach", ...order }, onProgress, signal);
  }

  /** @param {Map<string, Blob>} folder files by path @returns {Promise<Blob>} */
  zip(folder) {
    return ask({ what: "zip", folder }, () => {}, new AbortController().signal);
  }
}

/**
 * @param {import("./teach-worker.js").TeachOrder | import("./teach-worker.js").ZipOrder} order
 * @param {(fraction: number) => void} onProgress
 * @param {AbortSignal} signal
 * @returns {Promise<any>}
 */
async function ask(order, onProgress, signal) {
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
