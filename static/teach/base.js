/** The network that is taught: the built-in one, up to what its last layer hears. */

import { modelFile, weightPaths } from "../model-files.js";
import { findHead, withoutHead } from "./head-graph.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {{contract: Contract, folder: Map<string, Blob>}} Model
 */

/**
 * @param {Contract} contract
 * @param {string} contract_url
 * @returns {Promise<Model>} what the page runs of it, in memory
 */
export async function loadBase(contract, contract_url) {
  const { browser_model, signal_chain } = contract;
  const read = async (/** @type {string} */ path) => new Blob([await modelFile(contract_url, path)]);
  const graph = await read(browser_model);
  const paths = [signal_chain.mel_filters, ...weightPaths((await parsed(graph)).weightsManifest, browser_model)];
  const files = await Promise.all(paths.map(async (path) => /** @type {const} */ ([path, await read(path)])));
  return { contract, folder: new Map([[browser_model, graph], ...files]) };
}

/** @param {Blob} json @returns {Promise<any>} */
const parsed = async (json) => JSON.parse(await json.text());

/** @param {Model} base @returns {Promise<any>} its model.json */
export const graphOf = ({ contract, folder }) => parsed(/** @type {Blob} */ (folder.get(contract.browser_model)));

/**
 * @param {Model} base
 * @returns {Promise<Model>} the same without its last layer: its "genres" are the channels of the embedding
 * @throws {import("./head-graph.js").NoHead}
 */
export async function withoutLastLayer(base) {
  const { contract, folder } = base;
  const graph = await graphOf(base);
  const place = findHead(graph);
  const cut = JSON.stringify(withoutHead(graph, place, contract.network.window_steps));
  const genres = Array.from({ length: place.n_channels }, (_, channel) => `channel ${channel}`);
  return { contract: { ...contract, genres }, folder: new Map([...folder, [contract.browser_model, new Blob([cut])]]) };
}
