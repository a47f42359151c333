/** Fewer rows for the same stretch of time. */

import { heardIn } from "../heard.js";
import { roundedAll } from "../rounded.js";

/**
 * The mean of every n rows; unsure where more than half of them are or, where several genres can be heard at once,
 * where the mean reaches no threshold: as the chart paints them.
 * @param {number[][]} rows [k, n_genres]
 * @param {boolean[]} unsure [k]
 * @param {number} n
 * @param {number[] | null} [thresholds] one a genre, where several can be heard at once
 * @returns {{rows: number[][], unsure: boolean[]}} [ceil(k / n), n_genres]; the last may be of fewer than n
 */
export function pooled(rows, unsure, n, thresholds) {
  if (n === 1) return { rows, unsure };
  const firsts = Array.from({ length: Math.ceil(rows.length / n) }, (_, i) => i * n);
  const means = firsts.map((first) => meanOf(rows.slice(first, first + n)));
  if (thresholds) {
    const told = means.map(roundedAll); // as thresholds are: 0.35 three times is 0.3499… on average
    return { rows: told, unsure: told.map((row) => heardIn(row, thresholds).length === 0) };
  }
  return {
    rows: means,
    unsure: firsts.map((first) => mostOf(unsure.slice(first, first + n))),
  };
}

/** @param {number[][]} rows */
const meanOf = (rows) => rows[0].map((_, genre) => rows.reduce((sum, row) => sum + row[genre], 0) / rows.length);

/** @param {boolean[]} flags */
const mostOf = (flags) => 2 * flags.filter(Boolean).length > flags.length;
