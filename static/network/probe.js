/**
 * Whether this computer's GPU is worth using, found out by measuring: having one says little. Software that plays the
 * GPU's part was 25 times slower than WASM, and mobile GPUs may compute in float16.
 *
 * What counts is the time that a whole song takes. Per window of the network, with n workers on as many cores, w ms for
 * a window in WASM, g ms on the GPU, and r ms for the rest (decoding and features of the window's music):
 *
 *   WASM   (r + w) / n            every worker does everything
 *   GPU    max(g, (r + g) / n)    one worker feeds the GPU, and is busy all the while; the others do the rest
 *
 * n workers at once are a little slower than one of them alone, which is what is measured: in doubt it says WASM.
 */

import { graphSource } from "../model-files.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("./tf.js").Backend} Backend
 * @typedef {import("./tf.js").Network} Network
 * @typedef {"webgpu" | "webgl"} Gpu
 *
 * @typedef {object} Finding about one way to the GPU
 * @property {"none" | "software" | "hardware" | "failed" | "slow-start" | "inexact" | "slower" | "faster"} code
 * @property {string} [name] of what plays the GPU's part
 * @property {string} [message] of what failed
 * @property {number} [start_ms]
 * @property {number} [off] largest difference from WASM's logits, as a share of their range
 * @property {number} [ms] a window
 * @property {number} [gain] a song's time on WASM through its time on the GPU
 *
 * @typedef {Record<Gpu, Finding>} Findings
 *
 * @typedef {object} Question
 * @property {Contract} contract
 * @property {import("../model-files.js").ModelFolder} folder
 * @property {number} n_workers that would run the network in WASM
 * @property {number} rest_ms decoding and features, per window, on one worker
 *
 * @typedef {object} Verdict
 * @property {Backend} backend
 * @property {Findings} reason
 * @property {Partial<Record<Backend, number>>} ms_per_window as far as they were measured
 */

/** @type {Gpu[]} in the order in which they are tried: what is good enough ends the search */
const GPUS = ["webgpu", "webgl"];

/** As parity asks of the page's network (tests/parity). */
const MOST_OFF = 0.01;
/** Less is within what a few windows' timing scatters, and no reason to wake a GPU up. */
const LEAST_GAIN = 1.2;
/** Shaders are compiled at each visit, while the visitor looks for a song. */
const LONGEST_START_MS = 3000;

const RUNS = 12;
const LONGEST_TIMING_MS = 1000;

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render/i;

/** @returns {Promise<Finding>} */
async function surveyWebGpu() {
  const gpu = /** @type {any} */ (navigator).gpu;
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) return { code: "none" };
  const { vendor = "", architecture = "", description = "", isFallbackAdapter } = adapter.info ?? adapter;
  const name = description || `${vendor} ${architecture}`.trim();
  const is_software = (isFallbackAdapter ?? adapter.isFallbackAdapter) || SOFTWARE.test(`${name} ${architecture}`);
  return { code: is_software ? "software" : "hardware", name };
}

/** @returns {Finding} */
function surveyWebGl() {
  if (typeof OffscreenCanvas !== "function") return { code: "none" };
  /** @param {WebGLContextAttributes} wish */
  const context = (wish) =>
    new OffscreenCanvas(1, 1).getContext("webgl2", { ...wish, powerPreference: "high-performance" });
  const fast = context({ failIfMajorPerformanceCaveat: true });
  const gl = fast ?? context({});
  if (!gl) return { code: "none" };
  const unmasked = gl.getExtension("WEBGL_debug_renderer_info")?.UNMASKED_RENDERER_WEBGL;
  const name = String(gl.getParameter(unmasked ?? gl.RENDERER));
  gl.getExtension("WEBGL_lose_context")?.loseContext(); // browsers keep only so many
  return { code: fast && !SOFTWARE.test(name) ? "hardware" : "software", name };
}

/** @param {() => Finding | Promise<Finding>} look @returns {Promise<Finding>} */
async function attempt(look) {
  try {
    return await look();
  } catch (error) {
    return { code: "failed", message: error instanceof Error ? error.message : String(error) };
  }
}

/**
 * What there is, without fetching anything: "none", "software" or "hardware".
 * @returns {Promise<Findings>}
 */
export async function survey() {
  return { webgpu: await attempt(surveyWebGpu), webgl: await attempt(surveyWebGl) };
}

/**
 * Log-mels that exercise the network: moving peaks over a floor, in dB, the same each time.
 * @param {Contract} contract
 * @param {number} seed
 */
function testWindow({ network, signal_chain }, seed) {
  const { n_mels } = signal_chain;
  return Float32Array.from({ length: network.window_frames * n_mels }, (_, i) => {
    const [frame, mel] = [Math.floor(i / n_mels), i % n_mels];
    const peaks = Math.sin(0.31 * mel + 0.07 * (seed + 1) * frame) * Math.cos(0.05 * mel - 0.4 * frame);
    const grain = Math.abs(Math.sin(12.9898 * i + 78.233 * seed) * 43758.5453) % 1;
    return -45 - 0.15 * mel + 25 * peaks + 15 * grain;
  });
}

/** @param {Network} network @param {Float32Array[]} windows @returns {Promise<Float32Array[]>} */
async function run(network, windows) {
  const logits = [];
  for (const window of windows) logits.push(await network(window));
  return logits;
}

/** @param {Network} network @param {Float32Array[]} windows @returns {Promise<number>} ms a window, the best of some */
async function time(network, windows) {
  let best_ms = Infinity;
  const began = performance.now();
  for (let i = 0; i < RUNS && performance.now() - began < LONGEST_TIMING_MS; i += 1) {
    const started = performance.now();
    await network(windows[i % windows.length]);
    best_ms = Math.min(best_ms, performance.now() - started);
  }
  return best_ms;
}

/**
 * @param {Float32Array[]} found
 * @param {Float32Array[]} wanted
 * @returns {number} the largest difference as a share of the wanted one's range; NaN when a number is missing
 */
export function difference(found, wanted) {
  return Math.max(
    ...wanted.map((logits, window) => {
      const range = Math.max(...logits) - Math.min(...logits);
      return Math.max(...logits.map((logit, i) => Math.abs(found[window][i] - logit))) / range;
    }),
  );
}

/**
 * @param {number} wasm_ms a window
 * @param {number} gpu_ms a window
 * @param {{n_workers: number, rest_ms: number}} song
 * @returns {number} a song's time on WASM through its time on the GPU
 */
export function gain(wasm_ms, gpu_ms, { n_workers, rest_ms }) {
  return (rest_ms + wasm_ms) / n_workers / Math.max(gpu_ms, (rest_ms + gpu_ms) / n_workers);
}

/**
 * @param {Backend} backend
 * @param {Contract} contract
 * @param {import("../model-files.js").ModelFolder} folder
 */
async function load(backend, { browser_model, network, signal_chain }, folder) {
  const { loadNetwork } = await import("./tf.js");
  return loadNetwork(graphSource(folder, browser_model), network.window_frames, signal_chain.n_mels, backend);
}

/**
 * @param {() => Promise<Network>} start
 * @param {{n_workers: number, rest_ms: number}} song
 * @param {{windows: Float32Array[], logits: Float32Array[], ms: number}} wasm what it has to compete with
 * @returns {Promise<Finding>}
 */
export async function examine(start, song, wasm) {
  const started = performance.now();
  const network = await start();
  const start_ms = performance.now() - started;
  if (start_ms > LONGEST_START_MS) return { code: "slow-start", start_ms };
  const off = difference(await run(network, wasm.windows), wasm.logits);
  if (!(off <= MOST_OFF)) return { code: "inexact", start_ms, off };
  const ms = await time(network, wasm.windows);
  const won = gain(wasm.ms, ms, song);
  return { code: won >= LEAST_GAIN ? "faster" : "slower", start_ms, off, ms, gain: won };
}

/**
 * Measures what a survey found to be hardware; fetches the library of a GPU only for that.
 * @param {Question} question
 * @param {Findings} surveyed
 * @returns {Promise<Verdict>}
 */
export async function probe(question, surveyed) {
  const { contract, folder } = question;
  /** @type {Verdict} */
  const verdict = { backend: "wasm", reason: { ...surveyed }, ms_per_window: {} };
  const candidates = GPUS.filter((gpu) => surveyed[gpu].code === "hardware");
  if (candidates.length === 0) return verdict;

  const windows = [0, 1, 2].map((seed) => testWindow(contract, seed));
  const network = await load("wasm", contract, folder);
  const wasm = { windows, logits: await run(network, windows), ms: await time(network, windows) };
  verdict.ms_per_window.wasm = wasm.ms;
  for (const gpu of candidates) {
    const finding = await attempt(() => examine(() => load(gpu, contract, folder), question, wasm));
    verdict.reason[gpu] = finding;
    if (finding.ms) verdict.ms_per_window[gpu] = finding.ms;
    if (finding.code !== "faster") continue;
    verdict.backend = gpu;
    break;
  }
  return verdict;
}
