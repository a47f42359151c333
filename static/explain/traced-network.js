/** A network that is run forwards and then backwards: its logits, and what each cell of a window adds to a target. */

import { openNetwork } from "../network/tf.js";
import { SongError } from "../engine/song-error.js";
import { notFollowed } from "./attributes.js";
import { RULES } from "./gradients.js";

/**
 * @typedef {import("./gradients.js").Tensor} Tensor
 * @typedef {{name: string, op: string, input: string[], attr: Record<string, any>}} Node of a graph's file
 *
 * @typedef {object} TracedNode
 * @property {string} name
 * @property {string} op
 * @property {Record<string, any>} attr
 * @property {string[]} inputs names of nodes
 * @property {Record<string, Tensor>} kept
 */

/** Of the input, over all of it: what a level is counted from. It is taken as given, as a listener takes the volume. */
const HELD = "Max";

/** @param {string} input as a node names it: with the output's number, if not the first @returns {string} */
const nameOf = (input) => input.split(":")[0];

/**
 * The operations between a graph's input and its output that change with the input, but for the held level.
 * @param {Node[]} nodes
 * @param {string} input
 * @param {string} output
 * @returns {TracedNode[]} each after its inputs
 * @throws {SongError} `unexplainable`
 */
export function tracedNodes(nodes, input, output) {
  const by_name = new Map(nodes.map((node) => [node.name, node]));
  /** @type {Map<string, boolean>} */
  const is_traced = new Map([[input, true]]);
  /** @type {TracedNode[]} */
  const traced = [];
  /** @param {string} name @returns {boolean} */
  const visit = (name) => {
    const known = is_traced.get(name);
    if (known !== undefined) return known;
    const { op, attr = {}, input: given = [] } = /** @type {Node} */ (by_name.get(name));
    const inputs = given.filter((one) => !one.startsWith("^")).map(nameOf);
    const changing = inputs.map(visit);
    const changes = changing.includes(true) && !(op === HELD && inputs[0] === input);
    is_traced.set(name, changes);
    if (!changes) return false;
    if (!Object.hasOwn(RULES, op)) throw new SongError("unexplainable", { operation: op });
    const attribute = op === "Sub" && changing[1] ? "subtrahend" : notFollowed(op, attr);
    if (attribute) throw new SongError("unexplainable", { operation: op, attribute });
    traced.push({ name, op, attr, inputs, kept: {} });
    return true;
  };
  visit(output);
  return traced;
}

export class TracedNetwork {
  /**
   * @param {any} tf
   * @param {any} model a GraphModel
   * @param {TracedNode[]} nodes
   * @param {{input: string, output: string}} names
   */
  constructor(tf, model, nodes, { input, output }) {
    this._tf = tf;
    this._model = model;
    this._nodes = nodes;
    this._input = input;
    this._output = output;
  }

  /**
   * @param {import("../contract.js").Contract} contract
   * @param {import("../model-files.js").ModelFolder} folder
   * @returns {Promise<TracedNetwork>} that has run once: the first run costs several times the others
   * @throws {SongError} `unexplainable`
   * @throws {Error} where something cannot be loaded
   */
  static async load({ browser_model, network, signal_chain }, folder) {
    const { tf, model, graph } = await openNetwork(folder, browser_model);
    const { signature, modelTopology } = graph;
    const [input, output] = [signature.inputs, signature.outputs].map((ends) => {
      const [end] = /** @type {{name: string}[]} */ (Object.values(ends));
      return nameOf(end.name);
    });
    const nodes = tracedNodes(modelTopology.node, input, output);
    const traced = new TracedNetwork(tf, model, nodes, { input, output });
    traced.trace(new Float32Array(network.window_frames * signal_chain.n_mels), (logits) => logits);
    return traced;
  }

  /**
   * @param {Float32Array} window [window_frames, n_mels], dB
   * @param {(logits: Float32Array) => Float32Array} targetGradient of logits [window_steps, genres], what each of them
   *     adds to the target
   * @returns {{logits: Float32Array, gradient: Float32Array}} gradient: [window_frames, n_mels], what each dB adds
   */
  trace(window, targetGradient) {
    const tf = this._tf;
    return tf.tidy(() => {
      const [{ shape }] = this._model.inputs;
      const x = tf.tensor(window, shape, "float32");
      const values = this._forward(x);
      const y = /** @type {Tensor} */ (values.get(this._output));
      const logits = y.dataSync().slice();
      const dy = tf.tensor(targetGradient(logits), y.shape, "float32");
      return { logits, gradient: this._backward(values, dy).dataSync().slice() };
    });
  }

  /** @param {Tensor} x @returns {Map<string, Tensor>} by name of node, constants included */
  _forward(x) {
    const names = this._nodes.map(({ name }) => name);
    const found = /** @type {Tensor[]} */ (this._model.execute({ [this._input]: x }, names));
    const values = new Map([[this._input, x]]);
    for (const [name, [constant]] of Object.entries(this._model.weights)) values.set(name, constant);
    for (const [i, name] of names.entries()) values.set(name, found[i]);
    return values;
  }

  /** @param {Map<string, Tensor>} values @param {Tensor} dy @returns {Tensor} at the input */
  _backward(values, dy) {
    const tf = this._tf;
    /** @type {Map<string, Tensor>} by name of node */
    const gradients = new Map([[this._output, dy]]);
    for (const { name, op, attr, inputs, kept } of [...this._nodes].reverse()) {
      const xs = inputs.map((input) => values.get(input));
      const step = { op, attr, xs, y: values.get(name), kept };
      const found = RULES[op](tf, step, gradients.get(name));
      for (const [i, input] of inputs.entries()) {
        const d = found[i];
        if (!d) continue;
        const others = gradients.get(input);
        gradients.set(input, others ? tf.add(others, d) : d);
      }
      gradients.delete(name);
    }
    return /** @type {Tensor} */ (gradients.get(this._input));
  }
}
