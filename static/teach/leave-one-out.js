/**
 * Each song judged by a layer that it did not teach: what the taught layer is worth on new songs.
 *
 * Of every genre as many songs are left out each time, whichever genre is judged. Were it the judged song alone, its
 * genre would be the rarer one whenever it is right, and the bias, which nothing holds down, would vote against it:
 * songs that tell nothing of their genres would be heard rightly far less often than by chance.
 */

import { fit, logitsOf } from "./logistic.js";

/**
 * @typedef {import("../network/embedding.js").Embedding} Embedding
 *
 * @typedef {object} Lesson
 * @property {Embedding[]} songs
 * @property {number[]} targets the genre of each
 * @property {number} n_genres
 *
 * @typedef {{target: number, group: number, stretches: Float64Array[]}} Judged a song's logits, stretch by stretch, its
 *     genre, and the number of the songs that were judged together with it
 */

/** Of the gradient: the others differ by far more from song to song. */
const NEAR = 1e-4;
/** Up to here each song is judged by a layer of its own. */
const MOST_ALONE = 100;
/** More songs are judged in so many groups, each with its share of every genre. */
const GROUPS = 50;

/**
 * @param {Lesson} lesson
 * @param {(fraction: number) => void} [onProgress]
 * @returns {{head: import("./head-graph.js").Head, judged: Judged[]}} head: taught by all songs
 */
export function teach({ songs, targets, n_genres }, onProgress = () => {}) {
  const means = songs.map(({ mean }) => mean);
  const { head, parameters } = fit({ songs: means, targets, n_genres });
  const groups = groupsOf(targets);
  /** @type {Judged[]} */
  const judged = new Array(songs.length);
  groups.forEach((group, number) => {
    const left_out = leftOutWith(group, number, groups.length, targets, n_genres);
    const isKept = (/** @type {unknown} */ _, /** @type {number} */ i) => !left_out.has(i);
    const others = { songs: means.filter(isKept), targets: targets.filter(isKept), n_genres };
    const without = fit(others, parameters, NEAR).head;
    for (const song of group) {
      const stretches = songs[song].stretches.map((one) => logitsOf(without, one));
      judged[song] = { target: targets[song], group: number, stretches };
    }
    onProgress((number + 1) / groups.length);
  });
  return { head, judged };
}

/** @param {number[]} targets @returns {number[][]} songs that are judged together, each genre spread over all groups */
function groupsOf(targets) {
  const n_groups = targets.length <= MOST_ALONE ? targets.length : GROUPS;
  const by_genre = targets.map((_, song) => song).sort((a, b) => targets[a] - targets[b] || a - b);
  return Array.from({ length: n_groups }, (_, group) => by_genre.filter((__, place) => place % n_groups === group));
}

/**
 * @param {number[]} group songs that are judged
 * @param {number} number of the group: other songs take turns
 * @param {number} n_groups
 * @param {number[]} targets
 * @param {number} n_genres
 * @returns {Set<number>} they, and as many songs of every genre as any group has of it; never all songs of a genre
 */
function leftOutWith(group, number, n_groups, targets, n_genres) {
  const left_out = new Set(group);
  for (let genre = 0; genre < n_genres; genre += 1) {
    const own = targets.flatMap((target, song) => (target === genre ? [song] : []));
    const rest = own.filter((song) => !left_out.has(song));
    const n_wanted = Math.min(Math.ceil(own.length / n_groups), own.length - 1);
    const n_more = n_wanted - (own.length - rest.length);
    for (let i = 0; i < n_more; i += 1) left_out.add(rest[(number + i) % rest.length]);
  }
  return left_out;
}
