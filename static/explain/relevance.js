/**
 * The method: gradient × (input - baseline) of the row's log-odds (Shrikumar et al., "Not just a black box", 2016), the
 * baseline being what is usual in each band: its mean over the window. Pure, but for the network that it is given.
 * training/explanation.py does the same; how faithful it is stands in the model card.
 *
 * Conventions: the target is ln(p / (1 - p)) of the genre's probability p in the row, in nats: it grows where p does,
 * but not less and less. The window's own level, from which all dB are counted down, is taken as given.
 */

import { SongError } from "../engine/song-error.js";
import { isMultiLabel, sigmoid, softmax } from "../network/rows.js";
import { fillWindow } from "../network/windows.js";
import { stepsOfRow } from "./row-window.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("./traced-network.js").TracedNetwork} TracedNetwork
 */

/** Cells at the network's floor are lifted by so little: below it the network has no slope. */
const ABOVE_FLOOR_DB = 1e-3;

/**
 * @param {Float32Array} log_mel [n_frames, n_mels], dB
 * @param {import("../contract.js").WindowLayout["normalisation"]} normalisation
 * @returns {Float32Array} the same, nothing below what the network can hear
 * @throws {SongError} `unexplainable`
 */
export function audible(log_mel, normalisation) {
  if (normalisation?.type !== "window_peak") throw new SongError("unexplainable", { operation: "normalisation" });
  const { range_db, silence_db } = normalisation;
  const peak_db = log_mel.reduce((a, b) => Math.max(a, b), silence_db);
  return log_mel.map((db) => Math.max(db, peak_db - range_db + ABOVE_FLOOR_DB));
}

/**
 * @param {Float32Array} window [frames, n_mels]
 * @param {number} n_mels
 * @returns {Float64Array} [n_mels], each band's mean over time
 */
function bandMeans(window, n_mels) {
  const means = new Float64Array(n_mels);
  for (let i = 0; i < window.length; i += 1) means[i % n_mels] += (window[i] * n_mels) / window.length;
  return means;
}

/**
 * @param {Float32Array} logits [window_steps, n_genres]
 * @param {number} n_genres
 * @param {import("./row-window.js").Range} steps
 * @returns {Float64Array} [n_genres], the row's
 */
function meanLogits(logits, n_genres, { first, end }) {
  const means = new Float64Array(n_genres);
  for (let i = first * n_genres; i < end * n_genres; i += 1) means[i % n_genres] += logits[i] / (end - first);
  return means;
}

/**
 * @param {Float64Array} logits [n_genres]
 * @param {number} genre
 * @param {import("../contract.js").RowRule} rule
 * @returns {number[]} [n_genres], what each logit adds to ln(p / (1 - p)) of the genre
 */
function logOddsGradient(logits, genre, rule) {
  const own = 1 / rule.temperature;
  if (isMultiLabel(rule)) return Array.from(logits, (_, i) => (i === genre ? own : 0));
  const others = softmax(logits.map((logit, i) => (i === genre ? -Infinity : logit)), rule.temperature);
  return others.map((share, i) => (i === genre ? own : -share * own));
}

/**
 * @param {Contract} contract
 * @param {TracedNetwork} network
 * @param {{log_mel: Float32Array, first_frame: number, row: number, genre: number}} asked log_mel [n_frames, n_mels]
 * @returns {{relevance: Float32Array, probability: number}} relevance [n_frames, n_mels], nats
 */
export function relevanceOf(contract, network, { log_mel, first_frame, row, genre }) {
  const { network: layout, signal_chain, rows, genres } = contract;
  const { n_mels } = signal_chain;
  const room = new Float32Array(layout.window_frames * n_mels);
  const window = fillWindow(room, audible(log_mel, layout.normalisation));
  const first_step = first_frame / layout.frames_per_step;
  const whole_steps = Math.floor(log_mel.length / n_mels / layout.frames_per_step);
  const n_steps = Math.min(layout.window_steps, Math.max(1, whole_steps));
  const steps = stepsOfRow(contract, row, { first: first_step, end: first_step + n_steps });
  const own = { first: steps.first - first_step, end: steps.end - first_step };
  let probability = 0;
  const { gradient } = network.trace(window, (logits) => {
    const means = meanLogits(logits, genres.length, own);
    probability = (isMultiLabel(rows) ? sigmoid : softmax)(means, rows.temperature)[genre];
    const shares = logOddsGradient(means, genre, rows).map((share) => share / (own.end - own.first));
    const adds = new Float32Array(logits.length);
    for (let step = own.first; step < own.end; step += 1) adds.set(shares, step * genres.length);
    return adds;
  });
  const usual = bandMeans(window, n_mels);
  const relevance = new Float32Array(log_mel.length);
  for (let i = 0; i < window.length; i += 1) {
    relevance[i % relevance.length] += gradient[i] * (window[i] - usual[i % n_mels]);
  }
  return { relevance, probability };
}
