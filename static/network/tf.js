/**
 * The one door to TensorFlow.js. Its released files are UMD: imported for their side effect, they put `tf` on
 * globalThis, which also works in a module worker (where bare specifiers would not: import maps do not reach it).
 * The backends for GPUs are fetched only when one is asked for.
 */

import "../vendor/tfjs-core-4.22.0/tf-core.es2017.min.js";
import "../vendor/tfjs-converter-4.22.0/tf-converter.es2017.min.js";
import "../vendor/tfjs-backend-wasm-4.22.0/tf-backend-wasm.es2017.min.js";
import { graphSource, modelFile } from "../model-files.js";

/**
 * What we use of it.
 * @typedef {{data(): Promise<Float32Array>, dataSync(): Float32Array, dispose(): void, shape: number[]}} Tensor
 */
/** @typedef {{predict(input: Tensor): Tensor, inputs: {shape: number[]}[], dispose(): void}} GraphModel */

/** @typedef {"wasm" | "webgpu" | "webgl"} Backend what the network runs on: this computer's cores, or its GPU */
/** @typedef {(window: Float32Array) => Float32Array | Promise<Float32Array>} Network a Promise from a GPU */

const tf = /** @type {any} */ (globalThis).tf;

/** Where the backend's .wasm files lie: on our own origin, beside its script. */
const WASM_FOLDER = new URL("../vendor/tfjs-backend-wasm-4.22.0/", import.meta.url).href;

/** A backend that this browser or computer does not have, that fails to start, or whose GPU was lost: see `message`. */
export class BackendError extends Error {
  /** @param {Backend} backend @param {unknown} cause */
  constructor(backend, cause) {
    super(`${backend} does not run: ${cause instanceof Error ? cause.message : cause}`, { cause });
    this.name = "BackendError";
    this.backend = backend;
  }
}

/**
 * What each backend needs before TensorFlow.js can be told to use it.
 * @type {Record<Backend, () => Promise<void>>}
 */
const PREPARE = {
  // SIMD, one thread: several workers with a window each need no agreement between threads after every operation.
  async wasm() {
    tf.env().set("WASM_HAS_MULTITHREAD_SUPPORT", false);
    tf.wasm.setWasmPaths(WASM_FOLDER);
  },
  async webgpu() {
    if (!(await /** @type {any} */ (navigator).gpu?.requestAdapter())) throw new Error("there is no WebGPU adapter");
    await import("../vendor/tfjs-backend-webgpu-4.22.0/tf-backend-webgpu.es2017.min.js");
  },
  async webgl() {
    const gl = new OffscreenCanvas(1, 1).getContext("webgl2", { powerPreference: "high-performance" });
    if (!gl) throw new Error("there is no WebGL 2 context for workers");
    await import("../vendor/tfjs-backend-webgl-4.22.0/tf-backend-webgl.es2017.min.js");
    tf.setWebGLContext(2, gl); // ours: its own refuses slow ones, and in Safari all that are outside of a document
    tf.env().set("WEBGL_CPU_FORWARD", false); // else it complains of having no CPU backend for small tensors
  },
};

/** @param {Backend} backend @throws {BackendError} */
async function startBackend(backend) {
  try {
    await PREPARE[backend]();
    if (!(await tf.setBackend(backend))) throw new Error("TensorFlow.js could not initialise it");
  } catch (error) {
    throw new BackendError(backend, error);
  }
}

/**
 * A network on the cores and all that TensorFlow.js can do with it, for whoever does more than to run it.
 * @param {import("../model-files.js").ModelFolder} folder
 * @param {string} path of its model.json
 * @returns {Promise<{tf: any, model: any, graph: any}>} model: a GraphModel; graph: what the file says
 * @throws {BackendError}
 * @throws {Error} where a file cannot be had
 */
export async function openNetwork(folder, path) {
  const graph = JSON.parse(new TextDecoder().decode(await modelFile(folder, path)));
  await startBackend("wasm");
  return { tf, model: await tf.loadGraphModel(graphSource(folder, path)), graph };
}

/**
 * A GPU can be taken away at any time (a driver's restart, sleep); TensorFlow.js would then wait for ever.
 * @param {Backend} backend the one that is running
 * @returns {Promise<never>} rejects when its GPU is lost
 */
function loss(backend) {
  const lost = new Promise((_, reject) => {
    const tell = () => reject(new BackendError(backend, "the GPU was lost"));
    if (backend === "webgpu") tf.backend().device.lost.then(tell);
    if (backend === "webgl") tf.backend().gpgpu.gl.canvas.addEventListener("webglcontextlost", tell);
  });
  lost.catch(() => {}); // when nobody waits, the next window will be told
  return /** @type {Promise<never>} */ (lost);
}

/**
 * Loads a GraphModel and runs it once: the first run of a shape costs several times the others.
 * @param {import("../model-files.js").GraphSource} source of its model.json
 * @param {number} window_frames
 * @param {number} n_mels
 * @param {Backend} [backend]
 * @returns {Promise<Network>} log-mel [window_frames, n_mels] to logits, flat
 * @throws {BackendError} when the backend cannot run here
 */
export async function loadNetwork(source, window_frames, n_mels, backend = "wasm") {
  await startBackend(backend);
  const model = /** @type {GraphModel} */ (await tf.loadGraphModel(source));
  /** @param {Float32Array} window @returns {Tensor} */
  const predict = (window) => {
    const input = tf.tensor(window, [1, window_frames, n_mels], "float32");
    const output = model.predict(input);
    input.dispose();
    return output;
  };
  /** @param {Float32Array} window */
  const onCores = (window) => {
    const output = predict(window);
    const logits = output.dataSync().slice();
    output.dispose();
    return logits;
  };
  /** @param {Float32Array} window */
  const onGpu = async (window) => {
    const output = predict(window);
    const logits = await Promise.race([output.data(), lost]);
    output.dispose();
    return logits;
  };
  const lost = loss(backend);
  const network = backend === "wasm" ? onCores : onGpu;
  await network(new Float32Array(window_frames * n_mels));
  return network;
}
