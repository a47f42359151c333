/** Fewer rows for the same stretch of time. */

/**
 * The mean of every n rows; unsure where more than half of them are, as the chart paints them.
 * @param {number[][]} rows [k, n_genres]
 * @param {boolean[]} unsure [k]
 * @param {number} n
 * @returns {{rows: number[][], unsure: boolean[]}} [ceil(k / n), n_genres]; the last may be of fewer than n
 */
export function pooled(rows, unsure, n) {
  if (n === 1) return { rows, unsure };
  const firsts = Array.from({ length: Math.ceil(rows.length / n) }, (_, i) => i * n);
  return {
    rows: firsts.map((first) => meanOf(rows.slice(first, first + n))),
    unsure: firsts.map((first) => mostOf(unsure.slice(first, first + n))),
  };
}

/** @param {number[][]} rows */
const meanOf = (rows) => rows[0].map((_, genre) => rows.reduce((sum, row) => sum + row[genre], 0) / rows.length);

/** @param {boolean[]} flags */
const mostOf = (flags) => 2 * flags.filter(Boolean).length > flags.length;
