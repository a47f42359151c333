/** Each song judged by a layer that was taught by all the others: what the taught layer is worth on new songs. */

import { fit, logitsOf } from "./logistic.js";

/**
 * @typedef {import("../network/embedding.js").Embedding} Embedding
 *
 * @typedef {object} Lesson
 * @property {Embedding[]} songs
 * @property {number[]} targets the genre of each
 * @property {number} n_genres
 *
 * @typedef {{target: number, stretches: Float64Array[]}} Judged a song's logits, stretch by stretch, and its genre
 */

/** Of the gradient: the others differ by far more from song to song. */
const NEAR = 1e-4;

/**
 * @param {Lesson} lesson
 * @param {(fraction: number) => void} [onProgress]
 * @returns {{head: import("./head-graph.js").Head, judged: Judged[]}} head: taught by all songs
 */
export function teach({ songs, targets, n_genres }, onProgress = () => {}) {
  const means = songs.map(({ mean }) => mean);
  const { head, parameters } = fit({ songs: means, targets, n_genres });
  const judged = songs.map(({ stretches }, left_out) => {
    const isKept = (/** @type {unknown} */ _, /** @type {number} */ i) => i !== left_out;
    const others = { songs: means.filter(isKept), targets: targets.filter(isKept), n_genres };
    const without = fit(others, parameters, NEAR).head;
    onProgress((left_out + 1) / songs.length);
    return { target: targets[left_out], stretches: stretches.map((one) => logitsOf(without, one)) };
  });
  return { head, judged };
}
