/** The network of a contract on the backend that is wanted; where that one does not run, on WASM, which always does. */

import { graphSource } from "../model-files.js";
import { BackendError, loadNetwork } from "./tf.js";

/**
 * @typedef {object} Started
 * @property {import("./tf.js").Network} network
 * @property {import("./tf.js").Backend} backend what it runs on
 * @property {string} refusal why that is not what was wanted; empty when it is
 */

/**
 * @param {import("../contract.js").Contract} contract
 * @param {import("../model-files.js").ModelFolder} folder
 * @param {import("./tf.js").Backend} wanted
 * @returns {Promise<Started>} warmed up
 */
export async function startNetwork({ browser_model, network: { window_frames }, signal_chain }, folder, wanted) {
  const source = graphSource(folder, browser_model);
  /** @param {import("./tf.js").Backend} backend */
  const load = (backend) => loadNetwork(source, window_frames, signal_chain.n_mels, backend);
  try {
    return { network: await load(wanted), backend: wanted, refusal: "" };
  } catch (error) {
    if (!(error instanceof BackendError) || wanted === "wasm") throw error;
    return { network: await load("wasm"), backend: "wasm", refusal: error.message };
  }
}
