/**
 * A model folder's files, wherever they are. The paths are those that its contract names them by.
 *
 * Where: at the address of its contract.json, or, of a model that a visitor has brought, in memory by path. Either can
 * be posted to a worker as it is: of a Blob only the handle travels.
 *
 * @typedef {string | Map<string, Blob>} ModelFolder
 */

/**
 * @param {ModelFolder} folder
 * @param {string} path
 * @returns {Promise<ArrayBuffer>}
 * @throws {Error} which says what is not there
 */
export async function modelFile(folder, path) {
  if (typeof folder !== "string") return memoryFile(folder, path).arrayBuffer();
  const url = new URL(path, folder).href;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.arrayBuffer();
}

/** @param {Map<string, Blob>} files @param {string} path @returns {Blob} */
function memoryFile(files, path) {
  const file = files.get(path);
  if (!file) throw new Error(`the model has no ${path}`);
  return file;
}

/**
 * What TensorFlow.js loads a graph from: an address, or an IOHandler of its.
 * @typedef {string | {load: () => Promise<object>}} GraphSource
 *
 * @param {ModelFolder} folder
 * @param {string} path of its model.json
 * @returns {GraphSource}
 */
export function graphSource(folder, path) {
  if (typeof folder === "string") return new URL(path, folder).href;
  return { load: () => loadGraph(folder, path) };
}

/** @param {Map<string, Blob>} files @param {string} path */
async function loadGraph(files, path) {
  const { graph, weights: weightData } = await readGraph(files, path);
  const { weightsManifest, ...rest } = graph;
  const weightSpecs = weightsManifest.flatMap((/** @type {any} */ group) => group.weights);
  return { ...rest, weightSpecs, weightData };
}

/**
 * @param {Map<string, Blob>} files
 * @param {string} path of a model.json
 * @returns {Promise<{graph: any, weights: ArrayBuffer}>} what it says, and all its weights in their order
 */
export async function readGraph(files, path) {
  const graph = JSON.parse(await memoryFile(files, path).text());
  const weights = weightPaths(graph.weightsManifest, path).map((weight) => memoryFile(files, weight));
  return { graph, weights: await new Blob(weights).arrayBuffer() };
}

/**
 * @param {{paths: string[]}[]} manifest a model.json's weightsManifest
 * @param {string} path of that model.json
 * @returns {string[]} the files with its weights, in their order
 */
export function weightPaths(manifest, path) {
  const beside = path.slice(0, path.lastIndexOf("/") + 1);
  return manifest.flatMap(({ paths }) => paths.map((name) => beside + name));
}
