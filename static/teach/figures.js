/** What can be said of how often a taught network is right. */

import { likeliest, verdictOf } from "./calibration.js";

/**
 * @typedef {object} Figures of songs, each judged by what was taught without it
 * @property {number} n_songs
 * @property {number} n_groups in which they were judged: as many as songs where each was judged by itself
 * @property {number} n_right
 * @property {[number, number]} interval of the share that is right, 95 %
 * @property {number[][]} confusion songs: [genre][genre that was heard]
 */

const Z = 1.959964; // 95 % of a normal distribution lie within so many deviations

/**
 * @param {import("./leave-one-out.js").Judged[]} judged
 * @param {number} n_genres
 * @param {number} verdict_temperature
 * @returns {Figures}
 */
export function figuresOf(judged, n_genres, verdict_temperature) {
  const confusion = Array.from({ length: n_genres }, () => new Array(n_genres).fill(0));
  for (const song of judged) confusion[song.target][likeliest(verdictOf(song, verdict_temperature))] += 1;
  const n_right = confusion.reduce((sum, row, genre) => sum + row[genre], 0);
  const n_groups = new Set(judged.map(({ group }) => group)).size;
  return { n_songs: judged.length, n_groups, n_right, interval: wilson(n_right, judged.length), confusion };
}

/**
 * The interval of Wilson (1927), which holds for few songs, and where all of them are right.
 * @param {number} n_right
 * @param {number} n
 * @returns {[number, number]}
 */
export function wilson(n_right, n) {
  const [share, z2] = [n_right / n, (Z * Z) / n];
  const middle = (share + z2 / 2) / (1 + z2);
  const reach = (Z / (1 + z2)) * Math.sqrt((share * (1 - share) + z2 / 4) / n);
  return [Math.max(0, middle - reach), Math.min(1, middle + reach)];
}
