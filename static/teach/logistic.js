/**
 * Multinomial logistic regression on standardised embeddings: the last layer that training/head.py fits, by the same
 * objective, which has one minimum.
 *
 *   C Σ -log p(genre of the song) + ½ λ |W|²     λ = 1, or 2 for two genres: scikit-learn then fits a single row w, and
 *                                                W = ±w / 2 has half its square
 *
 * Plain numbers in double precision: the few songs times some hundred channels are too small for a tensor library to
 * gain by, and fits of all songs but one differ in digits that float32 does not have.
 */

import { minimise } from "./minimise.js";

/**
 * @typedef {import("./head-graph.js").Head} Head
 *
 * @typedef {object} Lesson
 * @property {Float32Array[]} songs their embeddings, [n][channels]
 * @property {number[]} targets the genre of each
 * @property {number} n_genres
 */

/** INVERSE_REGULARISATION of training/head.py, found on GTZAN's validation songs. */
const C = 0.03;
/** Of the gradient: the logits are then exact to the fourth decimal. */
export const EXACT = 1e-6;

/**
 * @param {Lesson} lesson
 * @param {Float64Array} [start] the parameters of a similar lesson, to begin with
 * @param {number} [tolerance] of the gradient's largest part
 * @returns {{head: Head, parameters: Float64Array}} the head, for embeddings as they are
 */
export function fit({ songs, targets, n_genres }, start, tolerance = EXACT) {
  const n_channels = songs[0].length;
  const { x, mean, scale } = standardised(songs);
  const n_weights = n_channels * n_genres;
  const first = start ?? new Float64Array(n_weights + n_genres);
  const parameters = minimise((at, gradient) => loss(at, gradient, x, targets, n_channels), first, tolerance);
  const kernel = Float64Array.from(parameters.subarray(0, n_weights), (w, i) => w / scale[Math.floor(i / n_genres)]);
  const bias = parameters.slice(n_weights);
  for (let i = 0; i < n_weights; i += 1) bias[i % n_genres] -= mean[Math.floor(i / n_genres)] * kernel[i];
  return { head: { kernel: Float32Array.from(kernel), bias: Float32Array.from(bias) }, parameters };
}

/**
 * @param {Head} head
 * @param {Float32Array} embedding [channels]
 * @returns {Float64Array} logits [genres]
 */
export function logitsOf({ kernel, bias }, embedding) {
  const n_genres = bias.length;
  const logits = Float64Array.from(bias);
  for (let i = 0; i < kernel.length; i += 1) logits[i % n_genres] += kernel[i] * embedding[Math.floor(i / n_genres)];
  return logits;
}

/**
 * As scikit-learn's StandardScaler does it: a channel that never changes is only centred.
 * @param {Float32Array[]} songs
 * @returns {{x: Float64Array, mean: Float64Array, scale: Float64Array}} x: [n, channels]
 */
function standardised(songs) {
  const [n, n_channels] = [songs.length, songs[0].length];
  const [mean, scale] = [new Float64Array(n_channels), new Float64Array(n_channels)];
  for (const song of songs) for (let c = 0; c < n_channels; c += 1) mean[c] += song[c] / n;
  for (const song of songs) for (let c = 0; c < n_channels; c += 1) scale[c] += (song[c] - mean[c]) ** 2 / n;
  for (let c = 0; c < n_channels; c += 1) {
    const noise = n * Number.EPSILON * scale[c] + (n * mean[c] * Number.EPSILON) ** 2;
    scale[c] = scale[c] <= noise ? 1 : Math.sqrt(scale[c]);
  }
  const x = new Float64Array(n * n_channels);
  songs.forEach((song, i) => song.forEach((value, c) => (x[i * n_channels + c] = (value - mean[c]) / scale[c])));
  return { x, mean, scale };
}

/**
 * @param {Float64Array} parameters kernel [channels, genres], then bias [genres]
 * @param {Float64Array} gradient is written
 * @param {Float64Array} x [n, channels]
 * @param {number[]} targets
 * @param {number} n_channels
 */
function loss(parameters, gradient, x, targets, n_channels) {
  const n_weights = parameters.length - parameters.length / (n_channels + 1);
  const n_genres = parameters.length - n_weights;
  const decay = n_genres === 2 ? 2 : 1;
  let sum = 0;
  gradient.fill(0);
  for (let i = 0; i < n_weights; i += 1) {
    sum += 0.5 * decay * parameters[i] ** 2;
    gradient[i] = decay * parameters[i];
  }
  const odds = new Float64Array(n_genres);
  targets.forEach((target, song) => {
    const row = x.subarray(song * n_channels, (song + 1) * n_channels);
    sum += C * surprise(parameters, row, target, odds);
    for (let c = 0, i = 0; c < n_channels; c += 1) {
      for (let g = 0; g < n_genres; g += 1, i += 1) gradient[i] += C * row[c] * odds[g];
    }
    for (let g = 0; g < n_genres; g += 1) gradient[n_weights + g] += C * odds[g];
  });
  return sum;
}

/**
 * @param {Float64Array} parameters
 * @param {Float64Array} row [channels]
 * @param {number} target
 * @param {Float64Array} odds is written: probabilities minus what they should be, [genres]
 * @returns {number} -log p(target)
 */
function surprise(parameters, row, target, odds) {
  const n_genres = odds.length;
  odds.set(parameters.subarray(parameters.length - n_genres));
  for (let c = 0, i = 0; c < row.length; c += 1) {
    for (let g = 0; g < n_genres; g += 1, i += 1) odds[g] += row[c] * parameters[i];
  }
  const top = Math.max(...odds);
  const wanted = odds[target] - top;
  let sum = 0;
  for (let g = 0; g < n_genres; g += 1) sum += odds[g] = Math.exp(odds[g] - top);
  for (let g = 0; g < n_genres; g += 1) odds[g] = odds[g] / sum - (g === target ? 1 : 0);
  return Math.log(sum) - wanted;
}
