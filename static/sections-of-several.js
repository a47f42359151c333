/**
 * Sections where several genres can be heard at once: "jazz and blues up to 0:41, then rock, with elements of jazz".
 *
 * A section is of a set of genres. Each second is worth to it how well the set fits what is heard in that second: the
 * part of both together that they have in common (Jaccard's index, of genres by how clearly they are heard), so 1 at
 * most, however many genres change at once. A change has the price that it has where a song is of one genre
 * (sections.js). The sets to choose from are those that are heard over the length of two prices anywhere in the song,
 * each genre in half of it at least, the commonest first.
 */

import { bestStates, runsOf } from "./best-states.js";
import { CHANGE_PRICE_S, LEAST_ELEMENT, MOST_ELEMENTS, UNSURE_WORTH } from "./sections.js";

/**
 * @typedef {import("./sections.js").Section} Section
 * @typedef {import("./sections.js").Heard & {thresholds: number[]}} Heard thresholds: one a genre
 * @typedef {{genres: number[], elements: number[]}} Told of a section; no genres where the network is unsure
 */

/** More make no better sections, and a mix of ten hours has hundreds. */
const MOST_SETS = 32;
/** A list of more is no description: the others are elements. */
const MOST_TOGETHER = 3;

/** @param {Heard} heard @returns {Section[]} from the song's start to its end; none where nothing is heard */
export function sectionsOfSeveral({ genres, rows, unsure, step_s, duration_s, thresholds }) {
  const are_heard = rows.map((row) => row.map((share, genre) => share >= thresholds[genre]));
  const sets = commonestSets(are_heard, Math.max(1, Math.floor((2 * CHANGE_PRICE_S) / step_s + 0.5)));
  const n_states = sets.length + 1; // the last one is that of what is unsure
  const worths = new Float64Array(rows.length * n_states);
  rows.forEach((row, t) => {
    worths.set(worthsOf(row, thresholds, sets), t * n_states);
    worths[t * n_states + sets.length] = unsure[t] ? UNSURE_WORTH : 0;
  });
  const worthOf = (/** @type {number} */ t, /** @type {number} */ state) => worths[t * n_states + state];
  const states = bestStates(rows.length, n_states, worthOf, CHANGE_PRICE_S / step_s);
  const names = (/** @type {number[]} */ some) => some.map((genre) => genres[genre]);
  return toldRuns(runsOf(states), sets.length, rows, are_heard).map(({ first, end, told }) => ({
    start_s: first * step_s,
    end_s: end === rows.length ? duration_s : end * step_s,
    genre: genres[told.genres[0]] ?? null,
    genres: names(told.genres),
    elements: names(told.elements),
  }));
}

/**
 * @param {boolean[][]} are_heard [rows, genres]
 * @param {number} span rows
 * @returns {number[][]} the sets of genres that so many rows on end have for the most part, none of them empty
 */
function commonestSets(are_heard, span) {
  const length = Math.min(span, are_heard.length);
  const counts = (are_heard[0] ?? []).map(() => 0); // rows of the span in which each genre is heard
  /** @type {Map<string, {set: number[], n: number}>} */
  const found = new Map();
  are_heard.forEach((row, t) => {
    row.forEach((is_heard, genre) => {
      counts[genre] += Number(is_heard) - Number(t >= length && are_heard[t - length][genre]);
    });
    if (t < length - 1) return;
    const set = counts.flatMap((count, genre) => (2 * count >= length ? [genre] : []));
    const known = found.get(set.join());
    if (known) known.n += 1;
    else if (set.length > 0) found.set(set.join(), { set, n: 1 });
  });
  const by_count = [...found.values()].sort((a, b) => b.n - a.n);
  return by_count.slice(0, MOST_SETS).map(({ set }) => set);
}

/**
 * How clearly a genre is heard: half at its threshold.
 * @param {number} share
 * @param {number} threshold
 */
function clearness(share, threshold) {
  if (share < threshold) return (0.5 * share) / threshold;
  return threshold < 1 ? 0.5 + (0.5 * (share - threshold)) / (1 - threshold) : 1;
}

/** @param {number[]} row @param {number[]} thresholds @param {number[][]} sets @returns {number[]} one a set */
function worthsOf(row, thresholds, sets) {
  const clear = row.map((share, genre) => clearness(share, thresholds[genre]));
  const heard = clear.map((of_genre, genre) => (row[genre] >= thresholds[genre] ? of_genre : 0));
  const all_heard = heard.reduce((a, b) => a + b, 0);
  return sets.map((set) => {
    let [common, heard_in_it] = [0, 0];
    for (const genre of set) {
      common += clear[genre];
      heard_in_it += heard[genre];
    }
    return common / (set.length + (all_heard - heard_in_it));
  });
}

/**
 * Neighbours that are told as the same genres are one.
 * @param {ReturnType<typeof runsOf>} runs
 * @param {number} unsure_state
 * @param {number[][]} rows
 * @param {boolean[][]} are_heard
 */
function toldRuns(runs, unsure_state, rows, are_heard) {
  /** @type {{first: number, end: number, told: Told}[]} */
  const sections = [];
  for (const { state, first, end } of runs) {
    const told = state === unsure_state ? { genres: [], elements: [] } : tell(rows, are_heard, first, end);
    const last = sections[sections.length - 1];
    if (last && sameGenres(last.told, told)) {
      last.end = end;
      if (told.genres.length > 0) last.told = tell(rows, are_heard, last.first, end);
    } else sections.push({ first, end, told });
  }
  return sections;
}

/** @param {Told} a @param {Told} b */
const sameGenres = (a, b) =>
  a.genres.length === b.genres.length && a.genres.every((genre) => b.genres.includes(genre));

/**
 * What is heard half of the time or more makes the section; what is heard less, but now and then, is an element of it.
 * @param {number[][]} rows @param {boolean[][]} are_heard @param {number} first @param {number} end
 * @returns {Told} likeliest first
 */
function tell(rows, are_heard, first, end) {
  const n_rows = end - first;
  const counts = rows[0].map(() => 0);
  const sums = rows[0].map(() => 0);
  for (let t = first; t < end; t += 1) {
    for (let genre = 0; genre < counts.length; genre += 1) {
      counts[genre] += Number(are_heard[t][genre]);
      sums[genre] += rows[t][genre];
    }
  }
  const order = counts.flatMap((count, genre) => (count > 0 ? [genre] : [])).sort((a, b) => sums[b] - sums[a]);
  const most = Math.max(...counts);
  const least = Math.min(n_rows / 2, most); // where none is heard half of the time, the commonest ones make it
  const genres = order.filter((genre) => counts[genre] >= least).slice(0, MOST_TOGETHER);
  const others = order.filter((genre) => !genres.includes(genre) && counts[genre] >= LEAST_ELEMENT * n_rows);
  return { genres, elements: others.slice(0, MOST_ELEMENTS) };
}
