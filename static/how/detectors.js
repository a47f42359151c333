/** The network at work: its logits, and what some of its pattern detectors, early and late, answer to a window. */

import { openNetwork } from "../network/tf.js";

/**
 * @typedef {any} Tensor of TensorFlow.js
 * @typedef {{name: string, op: string, input?: string[]}} Node of a graph's file
 *
 * @typedef {object} Layer of convolutions
 * @property {number} number 1, 2, 3 … from the input on
 * @property {number} n_detectors channels
 * @property {number} n_times
 * @property {number} n_heights over the mel bands
 * @property {Float32Array[]} maps [n_times, n_heights] each, of the detectors whose answers vary most: 0 to 1, from the
 *     least to the most that a detector answers
 */

const CONVOLUTIONS = /^(_Fused|Fused)?(DepthwiseConv2dNative|Conv2D)$/;
/** Detectors shown of a layer. */
const N_SHOWN = 6;
/** Fewer places over the mel bands, or along time, are no picture. */
const FEWEST_PLACES = 4;

export class Detectors {
  /**
   * @param {any} tf
   * @param {any} model a GraphModel
   * @param {string[]} names of its convolutions, in the order of the graph
   */
  constructor(tf, model, names) {
    this._tf = tf;
    this._model = model;
    this._names = names;
    this.n_parameters = Object.values(model.weights)
      .flat()
      .reduce((/** @type {number} */ sum, /** @type {Tensor} */ weight) => sum + weight.size, 0);
    /** @type {string[] | null} the layers that are shown */
    this._shown = null;
  }

  /** Layers of convolutions. */
  get n_layers() {
    return this._names.length;
  }

  /**
   * @param {import("../contract.js").Contract} contract
   * @param {import("../model-files.js").ModelFolder} folder
   * @returns {Promise<Detectors>}
   */
  static async load({ browser_model }, folder) {
    const { tf, model, graph } = await openNetwork(folder, browser_model);
    return new Detectors(tf, model, convolutionsIn(graph.modelTopology.node, model.weights));
  }

  /** @param {Float32Array} window [window_frames, n_mels], dB @returns {Float32Array} logits, flat */
  logits(window) {
    return this._tf.tidy(() => this._model.predict(this._input(window)).dataSync().slice());
  }

  /**
   * @param {Float32Array} window [window_frames, n_mels], dB
   * @returns {Layer[]} an early and a late one; fewer of a network that has fewer whose answers are pictures
   */
  layers(window) {
    return this._tf.tidy(() => {
      const input = this._input(window);
      this._shown ??= this._choose(input);
      if (this._shown.length === 0) return [];
      const answers = [this._model.execute(input, this._shown)].flat();
      return answers.map((answer, i) => layerOf(answer, this._names.indexOf(this._shown?.[i] ?? "") + 1));
    });
  }

  /** @param {Float32Array} window @returns {Tensor} */
  _input(window) {
    const [{ shape }] = this._model.inputs;
    return this._tf.tensor(window, shape, "float32");
  }

  /** @param {Tensor} input @returns {string[]} */
  _choose(input) {
    const answers = [this._model.execute(input, this._names)].flat();
    const pictures = this._names.filter((_, i) => {
      const [, n_times, n_heights, n_detectors = 0] = answers[i].shape;
      return Math.min(n_times, n_heights) >= FEWEST_PLACES && n_detectors > 1;
    });
    return [...new Set([pictures[0], pictures[pictures.length - 1]])].filter(Boolean);
  }
}

/**
 * @param {Node[]} nodes of a graph, in its order
 * @param {Record<string, Tensor[]>} weights by name
 * @returns {string[]} names of its convolutions
 */
export function convolutionsIn(nodes, weights) {
  const layers = nodes.filter((node) => CONVOLUTIONS.test(node.op) && looksForPatterns(node, weights));
  return layers.map(({ name }) => name);
}

/**
 * What looks at one place of one channel alone only scales it: exported graphs say some activations in that way.
 * @param {Node} node a convolution
 * @param {Record<string, Tensor[]>} weights by name: kernels are [time, mel, in, out]
 */
function looksForPatterns({ op, input = [] }, weights) {
  const [kernel] = weights[input[1]] ?? [];
  return !(op.includes("Depthwise") && kernel?.size === kernel?.shape[2]);
}

/** @param {Tensor} answer [1, n_times, n_heights, n_detectors] @param {number} number @returns {Layer} */
function layerOf(answer, number) {
  const [, n_times, n_heights, n_detectors] = answer.shape;
  const values = /** @type {Float32Array} */ (answer.dataSync());
  const maps = Array.from({ length: n_detectors }, (_, detector) =>
    Float32Array.from({ length: n_times * n_heights }, (__, i) => Math.max(0, values[i * n_detectors + detector])),
  );
  const most_varied = maps.map((map) => ({ map, varies: variation(map) })).sort((a, b) => b.varies - a.varies);
  const shown = most_varied.slice(0, N_SHOWN).map(({ map }) => stretched(map));
  return { number, n_detectors, n_times, n_heights, maps: shown };
}

/** @param {Float32Array} map @returns {number} of its values */
function variation(map) {
  const mean = map.reduce((sum, value) => sum + value, 0) / map.length;
  return map.reduce((sum, value) => sum + (value - mean) ** 2, 0) / map.length;
}

/** @param {Float32Array} map @returns {Float32Array} the same from 0 to 1 */
function stretched(map) {
  const [least, most] = [map.reduce((a, b) => Math.min(a, b)), map.reduce((a, b) => Math.max(a, b))];
  return map.map((value) => (value - least) / Math.max(1e-9, most - least));
}
