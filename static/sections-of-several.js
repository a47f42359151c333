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
import { CHANGE_PRICE_S, LEAST_ELEMENT, MOST_ELEMENTS, sectionsOf, UNSURE_WORTH } from "./sections.js";

/**
 * @typedef {import("./sections.js").Section} Section
 * @typedef {import("./sections.js").Heard & {thresholds: number[]}} Heard thresholds: one a genre
 * @typedef {{genres: number[], elements: number[]}} Told of a section; no genres where the network is unsure
 * @typedef {{n_rows: number, counts: Float64Array, sums: Float64Array}} Tally of rows: in how many each genre is heard,
 *     and the sum of its shares
 */

/** @type {Told} */
const NOTHING = { genres: [], elements: [] };

/** More make no better sections, and a mix of ten hours has hundreds. */
const MOST_SETS = 24;
/** A list of more is no description: the others are elements. */
const MOST_TOGETHER = 3;

/**
 * Of any song.
 * @param {Omit<Heard, "thresholds"> & {thresholds: number[] | null}} heard null where one genre at a time is heard
 * @returns {Section[]}
 */
export const sectionsIn = ({ thresholds, ...heard }) =>
  thresholds ? sectionsOfSeveral({ ...heard, thresholds }) : sectionsOf(heard);

/** @param {Heard} heard @returns {Section[]} from the song's start to its end; none where nothing is heard */
export function sectionsOfSeveral({ genres, rows, unsure, step_s, duration_s, thresholds }) {
  const are_heard = rows.map((row) => heardOf(row, thresholds));
  const sets = commonestSets(are_heard, Math.max(1, Math.floor((2 * CHANGE_PRICE_S) / step_s + 0.5)));
  const n_states = sets.length + 1; // the last one is that of what is unsure
  const worths = new Float64Array(rows.length * n_states);
  rows.forEach((row, t) => {
    worthsOf(row, are_heard[t], thresholds, sets, worths.subarray(t * n_states));
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

/** @param {number[]} row @param {number[]} thresholds @returns {Uint8Array} one a genre */
function heardOf(row, thresholds) {
  const are_heard = new Uint8Array(row.length);
  for (let genre = 0; genre < row.length; genre += 1) are_heard[genre] = Number(row[genre] >= thresholds[genre]);
  return are_heard;
}

/**
 * @param {Uint8Array[]} are_heard [rows][genres]
 * @param {number} span rows
 * @returns {number[][]} the sets of genres that so many rows on end have for the most part, none of them empty
 */
function commonestSets(are_heard, span) {
  const length = Math.min(span, are_heard.length);
  const counts = new Uint32Array(are_heard[0]?.length ?? 0); // rows of the span in which each genre is heard
  /** @type {Map<string, {set: number[], n: number}>} */
  const found = new Map();
  let key = ""; // of the set at hand: made anew only when a genre comes or goes
  are_heard.forEach((row, t) => {
    let has_changed = t === length - 1;
    for (let genre = 0; genre < counts.length; genre += 1) {
      const change = row[genre] - (t >= length ? are_heard[t - length][genre] : 0);
      if (change === 0) continue;
      const was_in = 2 * counts[genre] >= length;
      counts[genre] += change;
      if (was_in !== 2 * counts[genre] >= length) has_changed = true;
    }
    if (t < length - 1) return;
    if (has_changed) key = keyOf(counts, length);
    const known = found.get(key);
    if (known) known.n += 1;
    else found.set(key, { set: key === "" ? [] : key.split(",").map(Number), n: 1 });
  });
  const by_count = [...found.values()].filter(({ set }) => set.length > 0).sort((a, b) => b.n - a.n);
  return by_count.slice(0, MOST_SETS).map(({ set }) => set);
}

/** @param {Uint32Array} counts @param {number} length of the span */
function keyOf(counts, length) {
  /** @type {number[]} */
  const set = [];
  counts.forEach((count, genre) => 2 * count >= length && set.push(genre));
  return set.join();
}

/**
 * How clearly a genre is heard: half at its threshold, not at all below half of that, wholly from half way to 1 on.
 * @param {number} share
 * @param {number} threshold
 */
function clearness(share, threshold) {
  if (share < threshold) return Math.max(0, share / threshold - 0.5);
  return threshold < 1 ? Math.min(1, 0.5 + (share - threshold) / (1 - threshold)) : 1;
}

/**
 * @param {number[]} row
 * @param {Uint8Array} are_heard one a genre
 * @param {number[]} thresholds
 * @param {number[][]} sets
 * @param {Float64Array} worths is given one a set
 */
function worthsOf(row, are_heard, thresholds, sets, worths) {
  let all_heard = 0;
  for (let genre = 0; genre < row.length; genre += 1) {
    if (are_heard[genre]) all_heard += clearness(row[genre], thresholds[genre]);
  }
  for (let i = 0; i < sets.length; i += 1) {
    const set = sets[i];
    let common = 0;
    let heard_in_it = 0;
    for (let k = 0; k < set.length; k += 1) {
      const clear = clearness(row[set[k]], thresholds[set[k]]);
      common += clear;
      if (are_heard[set[k]]) heard_in_it += clear;
    }
    worths[i] = common / (set.length + (all_heard - heard_in_it));
  }
}

/**
 * Neighbours that are told as the same genres are one.
 * @param {ReturnType<typeof runsOf>} runs
 * @param {number} unsure_state
 * @param {number[][]} rows
 * @param {Uint8Array[]} are_heard
 */
function toldRuns(runs, unsure_state, rows, are_heard) {
  /** @type {{first: number, end: number, tally: Tally, told: Told}[]} */
  const sections = [];
  for (const { state, first, end } of runs) {
    const tally = tallyOf(rows, are_heard, first, end);
    const told = state === unsure_state ? NOTHING : tell(tally);
    const last = sections[sections.length - 1];
    if (last && sameGenres(last.told, told)) {
      last.end = end;
      addTo(last.tally, tally);
      if (told.genres.length > 0) last.told = tell(last.tally);
    } else sections.push({ first, end, tally, told });
  }
  return sections;
}

/** @param {Told} a @param {Told} b */
const sameGenres = (a, b) =>
  a.genres.length === b.genres.length && a.genres.every((genre) => b.genres.includes(genre));

/**
 * @param {number[][]} rows @param {Uint8Array[]} are_heard @param {number} first @param {number} end
 * @returns {Tally}
 */
function tallyOf(rows, are_heard, first, end) {
  const n_genres = rows[first].length;
  const tally = { n_rows: end - first, counts: new Float64Array(n_genres), sums: new Float64Array(n_genres) };
  for (let t = first; t < end; t += 1) {
    const [row, of_row] = [rows[t], are_heard[t]];
    for (let genre = 0; genre < n_genres; genre += 1) {
      tally.counts[genre] += of_row[genre];
      tally.sums[genre] += row[genre];
    }
  }
  return tally;
}

/** @param {Tally} tally @param {Tally} more */
function addTo(tally, more) {
  tally.n_rows += more.n_rows;
  more.counts.forEach((count, genre) => (tally.counts[genre] += count));
  more.sums.forEach((sum, genre) => (tally.sums[genre] += sum));
}

/**
 * What is heard half of the time or more makes the section; what is heard less, but now and then, is an element of it.
 * @param {Tally} tally
 * @returns {Told} likeliest first
 */
function tell({ n_rows, counts, sums }) {
  const order = [...counts.keys()].filter((genre) => counts[genre] > 0).sort((a, b) => sums[b] - sums[a]);
  const least = Math.min(n_rows / 2, Math.max(...counts)); // where none is heard half of the time, the commonest ones
  const genres = order.filter((genre) => counts[genre] >= least).slice(0, MOST_TOGETHER);
  const others = order.filter((genre) => !genres.includes(genre) && counts[genre] >= LEAST_ELEMENT * n_rows);
  return { genres, elements: others.slice(0, MOST_ELEMENTS) };
}
