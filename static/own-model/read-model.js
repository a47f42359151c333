/** A model out of a folder or zip, checked against its contract; of all its files only those that the page needs. */

import { checkContract, ContractError, FORMAT, MOST_GENRES } from "../contract.js";
import { weightPaths } from "../model-files.js";
import { canHash, sha256Hex } from "../sha256.js";
import { ModelError } from "./model-error.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("./file-tree.js").FileTree} FileTree
 * @typedef {{contract: Contract, folder: Map<string, Blob>}} Model
 * @typedef {(path: string) => Promise<Uint8Array<ArrayBuffer>>} ReadFile
 */

/** Several times the largest network that is heard at the pace of music in a browser. */
const MOST_BYTES = 512 * 2 ** 20;
const MOST_CONTRACT_BYTES = 8 * 2 ** 20;

/**
 * @param {FileTree} tree
 * @returns {Promise<Model>}
 * @throws {ModelError}
 */
export async function readModel(tree) {
  const root = rootOf(tree);
  const contract = await readContract(tree, `${root}contract.json`);
  const read = checkedReader(tree, root, contract);
  const graph = await read(contract.browser_model);
  const paths = [contract.signal_chain.mel_filters, ...checkGraph(graph, contract)];
  const folder = new Map([[contract.browser_model, new Blob([graph])]]);
  for (const path of paths) folder.set(path, new Blob([await read(path)]));
  await addUnits(contract, folder, read);
  return { contract, folder };
}

/**
 * What is said of its units, where anything is. A network that it is lost of is as good a one: who asks for it is told.
 * @param {Contract} contract @param {Map<string, Blob>} folder @param {ReadFile} read
 */
async function addUnits({ units, files }, folder, read) {
  if (!units) return;
  const folderOf = (/** @type {string} */ path) => path.slice(0, path.lastIndexOf("/") + 1);
  for (const path of Object.keys(files).filter((name) => folderOf(name) === folderOf(units))) {
    try {
      folder.set(path, folder.get(path) ?? new Blob([await read(path)]));
    } catch (error) {
      if (!(error instanceof ModelError) || error.code === "too-large") throw error;
    }
  }
}

/** @param {FileTree} tree @returns {string} the path up to its one contract.json; folders inside may hold older ones */
function rootOf({ kind, paths }) {
  const depth = (/** @type {string} */ path) => path.split("/").length;
  const contracts = paths.filter((path) => /(^|\/)contract\.json$/.test(path) && !path.startsWith("__MACOSX/"));
  contracts.sort((a, b) => depth(a) - depth(b));
  if (contracts.length === 0) throw new ModelError("no-contract", { kind });
  if (contracts.length > 1 && depth(contracts[0]) === depth(contracts[1])) throw new ModelError("many-contracts");
  return contracts[0].slice(0, -"contract.json".length);
}

/** @param {FileTree} tree @param {string} path @returns {Promise<Contract>} */
async function readContract(tree, path) {
  if (tree.size(path) > MOST_CONTRACT_BYTES) throw new ModelError("too-large");
  const data = parsed(await tree.read(path), "contract.json");
  if (typeof data?.format === "number" && data.format !== FORMAT) {
    throw new ModelError("other-version", { found: data.format, known: FORMAT });
  }
  try {
    const contract = checkContract(data);
    const n_genres = contract.genres.length;
    if (n_genres > MOST_GENRES) throw new ModelError("too-many-genres", { n: n_genres, most: MOST_GENRES });
    return contract;
  } catch (error) {
    if (error instanceof ContractError) throw new ModelError("bad-contract", { reason: error.message });
    throw error;
  }
}

/** @param {Uint8Array} bytes @param {string} path @returns {any} */
function parsed(bytes, path) {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new ModelError("bad-contract", { reason: `${path} is not JSON` });
  }
}

/**
 * Reads what the contract names, and nothing that is not what it names.
 * @param {FileTree} tree
 * @param {string} root
 * @param {Contract} contract
 * @returns {ReadFile}
 */
function checkedReader(tree, root, { files }) {
  const there = new Set(tree.paths);
  let n_bytes = 0;
  return async (path) => {
    const listed = files?.[path];
    if (!listed) throw new ModelError("bad-contract", { reason: `contract.json: files does not list ${path}` });
    if (!there.has(root + path)) throw new ModelError("missing-file", { path });
    const size = tree.size(root + path);
    if (size !== listed.bytes) throw new ModelError("changed-file", { path });
    n_bytes += size;
    if (n_bytes > MOST_BYTES) throw new ModelError("too-large");
    const bytes = await tree.read(root + path);
    if (canHash() && (await sha256Hex(bytes)) !== listed.sha256) throw new ModelError("changed-file", { path });
    return bytes;
  };
}

/**
 * @param {Uint8Array} bytes of model.json
 * @param {Contract} contract
 * @returns {string[]} the files with its weights
 */
function checkGraph(bytes, { browser_model, network, signal_chain, genres }) {
  const graph = parsed(bytes, browser_model);
  if (!Array.isArray(graph?.weightsManifest) || !graph.modelTopology) {
    throw new ModelError("bad-contract", { reason: `${browser_model} is no TensorFlow.js graph model` });
  }
  const { inputs, outputs } = graph.signature ?? {};
  requireShape(inputs, [1, network.window_frames, signal_chain.n_mels], "takes");
  requireShape(outputs, [1, network.window_steps, genres.length], "gives");
  return weightPaths(graph.weightsManifest, browser_model);
}

/** @param {any} tensor @returns {string} */
const shapeInWords = (tensor) =>
  (tensor?.tensorShape?.dim ?? []).map((/** @type {any} */ dim) => dim?.size).join(" × ");

/** @param {any} tensors of the signature, by name @param {number[]} shape @param {"takes" | "gives"} what */
function requireShape(tensors, shape, what) {
  const found = Object.values(tensors ?? {}).map(shapeInWords);
  const expected = shape.join(" × ");
  if (found.length === 1 && found[0] === expected) return;
  throw new ModelError("wrong-shape", { what, found: found.join(", ") || "nothing", expected });
}
