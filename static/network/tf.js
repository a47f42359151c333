/**
 * The one door to TensorFlow.js. Its released files are UMD: imported for their side effect, they put `tf` on
 * globalThis, which also works in a module worker (where bare specifiers would not: import maps do not reach it).
 */

import "../vendor/tfjs-core-4.22.0/tf-core.es2017.min.js";
import "../vendor/tfjs-converter-4.22.0/tf-converter.es2017.min.js";
import "../vendor/tfjs-backend-wasm-4.22.0/tf-backend-wasm.es2017.min.js";

/**
 * What we use of it.
 * @typedef {{dataSync(): Float32Array, dispose(): void, shape: number[]}} Tensor
 */
/** @typedef {{predict(input: Tensor): Tensor, inputs: {shape: number[]}[], dispose(): void}} GraphModel */

const tf = /** @type {any} */ (globalThis).tf;

/** Where the backend's .wasm files lie: on our own origin, beside its script. */
const WASM_FOLDER = new URL("../vendor/tfjs-backend-wasm-4.22.0/", import.meta.url).href;

/**
 * The WASM backend with SIMD and one thread: on two cores, the song's decoder keeps the other one busy.
 */
async function startBackend() {
  tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
  tf.wasm.setWasmPaths(WASM_FOLDER);
  await tf.setBackend("wasm");
  await tf.ready();
}

/**
 * Loads a GraphModel and runs it once: the first run of a shape costs several times the others.
 * @param {string} url of model.json
 * @param {number} window_frames
 * @param {number} n_mels
 * @returns {Promise<(window: Float32Array) => Float32Array>} log-mel [window_frames, n_mels] to logits, flat
 */
export async function loadNetwork(url, window_frames, n_mels) {
  await startBackend();
  const model = /** @type {GraphModel} */ (await tf.loadGraphModel(url));
  /** @param {Float32Array} window */
  const network = (window) => {
    const input = tf.tensor(window, [1, window_frames, n_mels], "float32");
    const output = model.predict(input);
    const logits = output.dataSync().slice();
    input.dispose();
    output.dispose();
    return logits;
  };
  network(new Float32Array(window_frames * n_mels));
  return network;
}
