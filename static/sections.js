/**
 * A song's sections: the stretches that one would name, "jazz up to 0:41, then rock".
 *
 * Each second is worth the share that its section's genre has in it, and each change of genre has a price; the sections
 * are those of the highest worth (best-states.js). So a change is told where the seconds that speak for it outweigh its
 * price, be they few and clear or many and doubtful, and a genre that flickers up for less than two prices is no
 * section, however certain.
 *
 * @typedef {object} Section
 * @property {number} start_s
 * @property {number} end_s
 * @property {string | null} genre null where the network is unsure
 * @property {string[]} [genres] where several can be heard at once: all that make the section, `genre` first
 * @property {string[]} elements other genres that are heard in it, by falling share
 *
 * @typedef {object} Heard
 * @property {string[]} genres
 * @property {number[][]} rows shares, one row a step, one column a genre
 * @property {boolean[]} unsure one a row
 * @property {number} step_s
 * @property {number} duration_s of the song
 */

import { bestStates, runsOf } from "./best-states.js";

/**
 * Seconds of full certainty. Rows look three seconds around them, so that a single event can rule as many of them; and
 * whoever listens calls nothing of less than twice that a part of a song.
 */
export const CHANGE_PRICE_S = 3;
/** What an unsure second is worth to an unsure section: more than any genre has in it, as none reaches half. */
export const UNSURE_WORTH = 0.7;
export const LEAST_ELEMENT = 0.2;
export const MOST_ELEMENTS = 2;

/** @param {Heard} heard @returns {Section[]} from the song's start to its end; none where nothing is heard */
export function sectionsOf({ genres, rows, unsure, step_s, duration_s }) {
  const worthOf = (/** @type {number} */ t, /** @type {number} */ state) => {
    if (state < rows[t].length) return rows[t][state];
    return unsure[t] ? UNSURE_WORTH : 0;
  };
  const states = bestStates(rows.length, genres.length + 1, worthOf, CHANGE_PRICE_S / step_s);
  return runsOf(states).map(({ state, first, end }) => ({
    start_s: first * step_s,
    end_s: end === rows.length ? duration_s : end * step_s,
    genre: genres[state] ?? null,
    elements: state < genres.length ? elementsOf(rows.slice(first, end), state).map((genre) => genres[genre]) : [],
  }));
}

/** @param {number[][]} rows of a section @param {number} leader @returns {number[]} */
function elementsOf(rows, leader) {
  const means = rows[0].map((_, genre) => rows.reduce((sum, row) => sum + row[genre], 0) / rows.length);
  return means
    .map((_, genre) => genre)
    .filter((genre) => genre !== leader && means[genre] >= LEAST_ELEMENT)
    .sort((a, b) => means[b] - means[a])
    .slice(0, MOST_ELEMENTS);
}
