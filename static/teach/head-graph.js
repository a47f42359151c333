/**
 * The last layer of a network, in the graph that the page runs: found by what it is, not by its name, and replaced.
 *
 * A graph ends, for this, with a convolution of one tap and a bias, a gain a channel and genre, and at most with what
 * gives its numbers another shape. What goes into that convolution is the embedding of each step.
 */

/**
 * @typedef {{kernel: Float32Array, bias: Float32Array}} Head kernel: [channels, genres], bias: [genres]
 *
 * @typedef {object} Network as the page runs it
 * @property {any} graph its model.json
 * @property {ArrayBuffer} weights all of them, in the manifest's order
 *
 * @typedef {object} Place where the last layer is in a graph
 * @property {string} embedding name of what goes into it
 * @property {string} kernel
 * @property {string} bias
 * @property {string[]} shapes names of the constants after it that say what shape its numbers get
 * @property {number} n_channels
 */

/** A network whose last layer cannot be replaced. The message says why. */
export class NoHead extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = "NoHead";
  }
}

export const WEIGHTS_FILE = "group1-shard1of1.bin";
/** @type {Record<string, number>} */
const BYTES = { float32: 4, int32: 4, uint16: 2, float16: 2, uint8: 1, bool: 1 };

/** @param {string} input as a node names it: with the output's number, if not the first @returns {string} */
const nodeOf = (input) => input.split(":")[0];

/** @param {string} base64 */
const textOf = (base64) => atob(base64);

/** @param {any} graph @returns {any[]} */
const entriesOf = (graph) => graph.weightsManifest.flatMap((/** @type {any} */ group) => group.weights);

/**
 * @param {any} graph
 * @returns {Place}
 * @throws {NoHead}
 */
export function findHead(graph) {
  const nodes = new Map(graph.modelTopology.node.map((/** @type {any} */ node) => [node.name, node]));
  const shapes = [];
  let node = nodes.get(nodeOf(outputOf(graph).name));
  for (; node?.op === "Reshape"; node = nodes.get(nodeOf(node.input[0]))) shapes.push(nodeOf(node.input[1]));
  const fused = (node?.attr?.fused_ops?.list?.s ?? []).map(textOf).join();
  if (node?.op !== "_FusedConv2D" || fused !== "BiasAdd") throw new NoHead(`it ends with ${node?.op}`);
  const [embedding, kernel, bias] = node.input.map(nodeOf);
  const shape = entriesOf(graph).find(({ name }) => name === kernel)?.shape;
  if (shape?.[0] !== 1 || shape[1] !== 1) throw new NoHead(`its last convolution is ${shape?.join(" × ")}`);
  return { embedding, kernel, bias, shapes, n_channels: shape[2] };
}

/** @param {any} graph @returns {{name: string, tensorShape: {dim: {size: string}[]}}} */
const outputOf = (graph) => /** @type {any} */ (Object.values(graph.signature.outputs)[0]);

/**
 * @param {any} graph
 * @param {Place} place
 * @param {number} n_steps of a window
 * @returns {any} the same up to its embedding, [1, steps, channels]; its weights stay as they are
 */
export function withoutHead(graph, { embedding, n_channels }, n_steps) {
  const tensor = { name: `${embedding}:0`, dtype: "DT_FLOAT", tensorShape: dims([1, n_steps, 1, n_channels]) };
  return { ...graph, signature: { ...graph.signature, outputs: { embedding: tensor } } };
}

/**
 * @param {Network} network
 * @param {Head} head in place of its own
 * @param {number} n_steps of a window
 * @returns {{graph: any, weights: Blob}} all weights in one file, of the name that the graph has for it
 */
export function withHead({ graph, weights }, head, n_steps) {
  const place = findHead(graph);
  const n_genres = head.bias.length;
  /** @type {Map<string, {values: Float32Array | Int32Array, shape: number[]}>} */
  const replaced = new Map([
    [place.kernel, { values: head.kernel, shape: [1, 1, place.n_channels, n_genres] }],
    [place.bias, { values: head.bias, shape: [n_genres] }],
  ]);
  for (const name of place.shapes) replaced.set(name, { values: Int32Array.of(-1, n_steps, n_genres), shape: [3] });
  const [entries, parts] = [/** @type {any[]} */ ([]), /** @type {BlobPart[]} */ ([])];
  let at = 0;
  for (const entry of entriesOf(graph)) {
    const n_bytes = bytesOf(entry);
    const own = replaced.get(entry.name);
    parts.push(own ? /** @type {BlobPart} */ (own.values) : weights.slice(at, at + n_bytes));
    entries.push(own ? { name: entry.name, shape: own.shape, dtype: dtypeOf(own.values) } : entry);
    at += n_bytes;
  }
  const node = graph.modelTopology.node.map((/** @type {any} */ one) => reshaped(one, replaced.get(one.name)?.shape));
  const output = { ...outputOf(graph), tensorShape: dims([1, n_steps, n_genres]) };
  const changed = {
    ...graph,
    signature: { ...graph.signature, outputs: { logits: output } },
    modelTopology: { ...graph.modelTopology, node },
    weightsManifest: [{ paths: [WEIGHTS_FILE], weights: entries }],
  };
  return { graph: changed, weights: new Blob(parts) };
}

/** @param {Float32Array | Int32Array} values */
const dtypeOf = (values) => (values instanceof Int32Array ? "int32" : "float32");

/** @param {{name: string, shape: number[], dtype: string, quantization?: {dtype: string}}} entry */
function bytesOf({ name, shape, dtype, quantization }) {
  const each = BYTES[quantization?.dtype ?? dtype];
  if (!each) throw new NoHead(`${name} is of a kind that this page does not know: ${dtype}`);
  return shape.reduce((n, length) => n * length, each);
}

/** @param {any} node @param {number[]} [shape] of a constant that is replaced */
function reshaped(node, shape) {
  if (!shape) return node;
  const { attr } = node;
  const tensor = { ...attr.value.tensor, tensorShape: dims(shape) };
  return { ...node, attr: { ...attr, value: { ...attr.value, tensor } } };
}

/** @param {number[]} shape */
const dims = (shape) => ({ dim: shape.map((size) => ({ size: String(size) })) });
