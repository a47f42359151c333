/** The network at work: how strongly some units of some of its layers answer in each step of a window. */

import { convolutionsIn } from "../how/detectors.js";
import { openNetwork } from "../network/tf.js";
import { UnitsError } from "./units-file.js";

/**
 * @typedef {import("../how/detectors.js").Tensor} Tensor
 * @typedef {import("../how/detectors.js").Node} Node
 * @typedef {import("./units-file.js").UnitsFile} UnitsFile
 *
 * @typedef {object} Layer that is watched
 * @property {string} node of the graph
 * @property {number} n_units that it has
 * @property {number[]} units that are watched, by number
 */

/** Of a network that says nothing of its units: layers spread over all, and units over a layer. */
const MOST_LAYERS = 8;
const MOST_UNITS = 64;
/** Layers with fewer places along time say nothing of a moment. */
const FEWEST_TIMES = 4;

/** @template T @param {T[]} all @param {number} most @returns {T[]} the first, the last, and some between */
export function spread(all, most) {
  if (all.length <= most) return all;
  return Array.from({ length: most }, (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]);
}

export class WatchedUnits {
  /**
   * @param {any} tf @param {any} model a GraphModel @param {Layer[]} layers from the input on
   * @param {number} n_steps of a window
   */
  constructor(tf, model, layers, n_steps) {
    this._tf = tf;
    this._model = model;
    this.layers = layers;
    this._n_steps = n_steps;
    this.n_units = layers.reduce((sum, { units }) => sum + units.length, 0);
  }

  /**
   * @param {import("../contract.js").Contract} contract
   * @param {import("../model-files.js").ModelFolder} folder
   * @param {UnitsFile | null} known what is said of its units, which are the ones that are watched
   * @returns {Promise<WatchedUnits>}
   * @throws {UnitsError} where that is of another network
   */
  static async load({ browser_model, network }, folder, known) {
    const { tf, model, graph } = await openNetwork(folder, browser_model);
    const nodes = /** @type {Node[]} */ (graph.modelTopology.node);
    const names = known?.layers.map(({ node }) => node) ?? answering(nodes, convolutionsIn(nodes, model.weights));
    const stranger = names.find((name) => !nodes.some((node) => node.name === name));
    if (stranger) throw new UnitsError(`it tells of ${stranger}, which the network does not have`);
    const shapes = shapesOf(tf, model, names);
    const layers = known ? toldLayers(known, shapes) : chosenLayers(names, shapes);
    return new WatchedUnits(tf, model, layers, network.window_steps);
  }

  /** @param {Float32Array} window [window_frames, n_mels], dB @returns {Float32Array} [n_steps, n_units], the maxima */
  watch(window) {
    return this._tf.tidy(() => {
      const maxima = new Float32Array(this._n_steps * this.n_units).fill(-Infinity);
      const answers = execute(this._tf, this._model, window, this.layers.map(({ node }) => node));
      let at = 0;
      for (const [i, { units }] of this.layers.entries()) {
        this._keepMaxima(maxima, at, answers[i], units);
        at += units.length;
      }
      return maxima;
    });
  }

  /**
   * @param {Float32Array} maxima [n_steps, n_units] to be filled from the layer's first unit, number `at`, on
   * @param {number} at @param {Tensor} answer @param {number[]} units
   */
  _keepMaxima(maxima, at, answer, units) {
    const [, n_times, n_places, n_channels] = answer.shape;
    const values = answer.dataSync();
    for (let step = 0; step < this._n_steps; step += 1) {
      const first = Math.floor((step * n_times) / this._n_steps);
      const end = Math.max(first + 1, Math.floor(((step + 1) * n_times) / this._n_steps));
      for (const [i, unit] of units.entries()) {
        let highest = -Infinity;
        for (let place = first * n_places; place < end * n_places; place += 1) {
          highest = Math.max(highest, values[place * n_channels + unit]);
        }
        maxima[step * this.n_units + at + i] = highest;
      }
    }
  }
}

/** @param {any} tf @param {any} model @param {Float32Array} window @param {string[]} names @returns {Tensor[]} */
function execute(tf, model, window, names) {
  const [{ shape }] = model.inputs;
  return [model.execute(tf.tensor(window, shape, "float32"), names)].flat();
}

/** @param {any} tf @param {any} model @param {string[]} names @returns {number[][]} 1, times, places, channels each */
function shapesOf(tf, model, names) {
  const size = model.inputs[0].shape.reduce((/** @type {number} */ a, /** @type {number} */ b) => a * b);
  return tf.tidy(() => execute(tf, model, new Float32Array(size), names).map(({ shape }) => shape));
}

/**
 * Where the next layer hears a convolution: behind the activation that our graphs say in two operations, x * gate(x).
 * @param {Node[]} nodes @param {string[]} convolutions @returns {string[]}
 */
function answering(nodes, convolutions) {
  const by_name = new Map(nodes.map((node) => [node.name, node]));
  return convolutions.map((name) => {
    const gated = nodes.find(({ op, input = [] }) => {
      return op === "Mul" && input[0] === name && by_name.get(input[1])?.input?.[0] === name;
    });
    return gated?.name ?? name;
  });
}

/** @param {UnitsFile} known @param {number[][]} shapes @returns {Layer[]} */
function toldLayers({ layers }, shapes) {
  return layers.map(({ node, n_units, units }, i) => {
    if (shapes[i][3] !== n_units) throw new UnitsError(`it tells of ${n_units} units of ${node}, which has others`);
    return { node, n_units, units: units.map(({ unit }) => unit) };
  });
}

/** @param {string[]} names @param {number[][]} shapes @returns {Layer[]} */
function chosenLayers(names, shapes) {
  const all = names.map((node, i) => ({ node, shape: shapes[i] }));
  const lasting = all.filter(({ shape }) => shape.length === 4 && shape[1] >= FEWEST_TIMES && shape[3] > 1);
  const pictures = lasting.filter(({ shape }) => shape[2] > 1); // neither the genres' votes nor what sets levels
  return spread(pictures.length > 0 ? pictures : lasting, MOST_LAYERS).map(({ node, shape: [, , , n_units] }) => {
    return { node, n_units, units: spread(Array.from({ length: n_units }, (_, unit) => unit), MOST_UNITS) };
  });
}
