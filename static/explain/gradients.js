/**
 * How a gradient goes back through each operation of a network's graph: from what its output's numbers add to the
 * target to what its inputs' do. TensorFlow.js has such rules, but in WASM not for what the exported graphs are made
 * of: fused convolutions, and depthwise ones. A convolution's is a convolution with the kernel turned round, for which
 * XNNPACK is as fast.
 *
 * Conventions: a tensor is [1, time, mel, channels]; kernels are [time, mel, in, out], those of depthwise convolutions
 * [time, mel, channels, 1]. `dy` is the gradient at an operation's output y, its inputs are xs. Of an input that is not
 * traced back, the rule may give null. Which attributes the rules follow stands in attributes.js.
 *
 * @typedef {any} Tensor of TensorFlow.js
 *
 * @typedef {object} Step one operation of a graph that was run
 * @property {string} op its name in TensorFlow
 * @property {Record<string, any>} attr as the graph's file has them
 * @property {Tensor[]} xs its inputs, the constants among them
 * @property {Tensor} y
 * @property {Record<string, Tensor>} kept what is made once for an operation, by name
 *
 * @typedef {(tf: any, step: Step, dy: Tensor) => (Tensor | null)[]} Rule one gradient an input, in their order
 */

import { SongError } from "../engine/song-error.js";
import { fusedOps, numbers, text } from "./attributes.js";

const NONE = [0, 0];

/** @type {Record<string, (tf: any, y: Tensor) => Tensor>} the slope of what follows a convolution, by its result */
const SLOPES = {
  Relu: (tf, y) => tf.step(y),
  Relu6: (tf, y) => tf.step(tf.mul(y, tf.sub(6, y))),
  Sigmoid: (tf, y) => tf.mul(y, tf.sub(1, y)),
};

/** @type {Rule} */
const activation = (tf, { op, y }, dy) => [tf.mul(dy, SLOPES[op](tf, y))];

/** @param {any} tf @param {Step} step @param {Tensor} dy @returns {Tensor} the gradient before what is fused to it */
function beforeActivation(tf, step, dy) {
  return fusedOps(step.attr).reduce((at, name) => (SLOPES[name] ? tf.mul(at, SLOPES[name](tf, step.y)) : at), dy);
}

/**
 * @param {Step} step a convolution
 * @returns {number[]} zeros before its input, along time and along mel
 */
function padding({ attr, xs: [x, kernel], y }) {
  if (text(attr.padding) === "EXPLICIT") {
    const [, , top, , left] = numbers(attr.explicit_paddings);
    return [top, left];
  }
  const [, ...strides] = numbers(attr.strides);
  return [0, 1].map((along) => {
    const missing = (y.shape[along + 1] - 1) * strides[along] + kernel.shape[along] - x.shape[along + 1];
    return Math.floor(Math.max(0, missing) / 2);
  });
}

/**
 * Zeros between the places of y that a convolution of these strides left out.
 * @param {any} tf @param {Tensor} dy @param {number[]} strides along time and mel @returns {Tensor}
 */
function spread(tf, dy, [down, across]) {
  const [, time, mel, channels] = dy.shape;
  if (across > 1) {
    const gaps = tf.zeros([time, mel, (across - 1) * channels]);
    const both = tf.concat([tf.reshape(dy, [time, mel, channels]), gaps], 2);
    const wide = tf.reshape(both, [1, time, mel * across, channels]);
    return spread(tf, tf.slice(wide, [0, 0, 0, 0], [1, time, (mel - 1) * across + 1, channels]), [down, 1]);
  }
  if (down === 1) return dy;
  const gaps = tf.zeros([time, (down - 1) * mel * channels]);
  const both = tf.concat([tf.reshape(dy, [time, mel * channels]), gaps], 1);
  const long = tf.reshape(both, [1, time * down, mel, channels]);
  return tf.slice(long, [0, 0, 0, 0], [1, (time - 1) * down + 1, mel, channels]);
}

/**
 * @param {any} tf @param {Step} step a convolution @param {Tensor} dy
 * @returns {{spaced: Tensor, pads: number[][]}} what a convolution with the turned kernel takes
 */
function turned(tf, step, dy) {
  const { attr, xs, y } = step;
  const [x, kernel] = xs;
  const [, ...strides] = numbers(attr.strides);
  const pads = padding(step).map((before, along) => {
    const taps = kernel.shape[along];
    const reached = (y.shape[along + 1] - 1) * strides[along] + taps; // the padded input that the output has seen
    return [taps - 1 - before, x.shape[along + 1] + before - reached + taps - 1];
  });
  return { spaced: spread(tf, dy, strides), pads: [NONE, ...pads, NONE] };
}

/** @param {any} tf @param {Step} step @param {string} name @param {() => Tensor} make @returns {Tensor} that stays */
function once(tf, step, name, make) {
  step.kept[name] ??= tf.keep(make());
  return step.kept[name];
}

/** @type {Rule} */
function convolution(tf, step, dy) {
  const { spaced, pads } = turned(tf, step, beforeActivation(tf, step, dy));
  const kernel = once(tf, step, "turned", () => tf.transpose(tf.reverse(step.xs[1], [0, 1]), [0, 1, 3, 2]));
  return [tf.conv2d(spaced, kernel, 1, pads)];
}

/** @type {Rule} */
function depthwise(tf, step, dy) {
  const [x, given] = step.xs;
  const before = beforeActivation(tf, step, dy);
  const [time, mel, channels, multiplier] = given.shape;
  if (multiplier !== 1) throw new SongError("unexplainable", { operation: step.op, attribute: "channel_multiplier" });
  const is_gain = time * mel === 1 && x.size === dy.size;
  if (is_gain) return [tf.mul(before, once(tf, step, "gain", () => tf.reshape(given, [1, 1, 1, channels])))];
  const { spaced, pads } = turned(tf, step, before);
  const kernel = once(tf, step, "turned", () => tf.reverse(given, [0, 1]));
  return [tf.depthwiseConv2d(spaced, kernel, 1, pads)];
}

/** What was spread over more places on the way is gathered. @type {(tf: any, d: Tensor, x: Tensor) => Tensor} */
function gathered(tf, d, x) {
  const along = d.shape.flatMap((/** @type {number} */ length, /** @type {number} */ axis) => {
    return x.shape[axis] === 1 && length > 1 ? [axis] : [];
  });
  return along.length > 0 ? tf.sum(d, along, true) : d;
}

/** @type {Rule} */
const product = (tf, { xs: [a, b] }, dy) => [gathered(tf, tf.mul(dy, b), a), gathered(tf, tf.mul(dy, a), b)];

/** @type {Rule} */
const sum = (tf, { xs: [a, b] }, dy) => [gathered(tf, dy, a), gathered(tf, dy, b)];

/** @type {Rule} the second one is a level that is held */
const difference = (tf, { xs: [a] }, dy) => [gathered(tf, dy, a), null];

/**
 * To each place of windows side by side what there is for the window; none to what fills no window.
 * @param {any} tf @param {Tensor} d [1, time, mel, channels] of the windows
 * @param {number[]} window @param {number[]} shape that is wanted
 */
function unpooled(tf, d, [down, across], [, time, mel, channels]) {
  const [, rows, columns] = d.shape;
  // Products, which WASM spreads out twenty times as fast as tf.tile does.
  const wide = tf.mul(tf.reshape(d, [rows * columns, 1, channels]), tf.ones([1, across, 1]));
  const all = tf.mul(tf.reshape(wide, [rows, 1, columns * across * channels]), tf.ones([1, down, 1]));
  const placed = tf.reshape(all, [1, rows * down, columns * across, channels]);
  const rest = [NONE, [0, time - rows * down], [0, mel - columns * across], NONE];
  return rest.flat().some((n) => n > 0) ? tf.pad(placed, rest) : placed;
}

/** @param {Step} step @returns {number[]} */
const windowOf = ({ attr }) => numbers(attr.ksize).slice(1, 3);

/** @type {Rule} */
function averagePool(tf, step, dy) {
  const [x] = step.xs;
  const window = windowOf(step);
  if (text(step.attr.padding) === "VALID") {
    return [tf.div(unpooled(tf, dy, window, x.shape), tf.scalar(window[0] * window[1]))];
  }
  // A mean of the places around each, as far as there are any: as many count for it as it counts for.
  const counts = once(tf, step, "counts", () => countsAround(tf, window, x.shape));
  return [tf.mul(counts, tf.avgPool(tf.div(dy, counts), window, 1, "same"))];
}

/** @type {(tf: any, window: number[], shape: number[]) => Tensor} places around each place, [1, time, mel, 1] */
function countsAround(tf, window, [, ...lengths]) {
  const [down, across] = window.map((taps, along) =>
    Array.from({ length: lengths[along] }, (_, at) => {
      const first = Math.max(0, at - (taps - 1) / 2);
      return Math.min(lengths[along], at + (taps - 1) / 2 + 1) - first;
    }),
  );
  const counts = down.flatMap((n) => across.map((m) => n * m));
  return tf.tensor(Float32Array.from(counts), [1, down.length, across.length, 1]);
}

/** Equals share. @type {Rule} */
function maximumPool(tf, step, dy) {
  const [x] = step.xs;
  const window = windowOf(step);
  const is_largest = tf.cast(tf.equal(x, unpooled(tf, step.y, window, x.shape)), "float32");
  const n_largest = tf.mul(tf.avgPool(is_largest, window, window, "valid"), tf.scalar(window[0] * window[1]));
  return [tf.mul(is_largest, unpooled(tf, tf.div(dy, n_largest), window, x.shape))];
}

/** @type {Record<string, Rule>} what the export writes (training/graph.py) */
export const RULES = {
  _FusedConv2D: convolution,
  FusedDepthwiseConv2dNative: depthwise,
  Mul: product,
  AddV2: sum,
  Sub: difference,
  Reshape: (tf, { xs: [x] }, dy) => [tf.reshape(dy, x.shape)],
  Relu: activation,
  Relu6: activation,
  Sigmoid: activation,
  Log: (tf, { xs: [x] }, dy) => [tf.div(dy, x)],
  AvgPool: averagePool,
  MaxPool: maximumPool,
};
