/** Analyses as they are kept, in memory and in the store: thousands of songs at some ten kilobytes each. */

import { rounded } from "../rounded.js";

/**
 * @typedef {import("../engine/analyser.js").Analysis} Analysis
 *
 * An analysis without its timings, its rows in typed arrays: float32 holds the six decimals of
 * anything up to 1.
 * @typedef {Omit<Analysis, "probabilities" | "unsure" | "timings_ms"> & {
 *     probabilities: Float32Array, unsure: Uint8Array}} Packed probabilities: [n_rows * n_genres], unsure: [n_rows]
 */

/** @param {Analysis} analysis @returns {Packed} */
export function pack({ model, genres, duration_s, step_s, thresholds, probabilities, unsure, verdict, backend }) {
  const rows = new Float32Array(probabilities.length * genres.length);
  probabilities.forEach((row, i) => rows.set(row, i * genres.length));
  const numbers = { probabilities: rows, unsure: Uint8Array.from(unsure, Number) };
  const several = thresholds ? { multi_label: /** @type {const} */ (true), thresholds } : {};
  return { model, genres, duration_s, step_s, ...several, verdict, backend, ...numbers };
}

/**
 * @param {Packed} packed
 * @param {number} started_ms when it was asked for, by the page's clock
 * @returns {Analysis} the same numbers; `timings_ms.store` says that they were not computed anew
 */
export function unpack({ probabilities, unsure, ...rest }, started_ms) {
  const n_genres = rest.genres.length;
  const row = (/** @type {number} */ i) => probabilities.subarray(i * n_genres, (i + 1) * n_genres);
  const rows = Array.from(unsure, (_, i) => Array.from(row(i), rounded));
  const took_ms = performance.now() - started_ms;
  return {
    ...rest,
    probabilities: rows,
    unsure: Array.from(unsure, Boolean),
    timings_ms: { store: took_ms, first_row: took_ms, total: took_ms },
  };
}
