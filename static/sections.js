/**
 * A song's sections: the stretches that one would name, "jazz up to 0:41, then rock".
 *
 * Each second is worth the share that its section's genre has in it, and each change of genre has a price; the sections
 * are those of the highest worth, found exactly by dynamic programming (as Viterbi's: a Potts model in time). So a
 * change is told where the seconds that speak for it outweigh its price, be they few and clear or many and doubtful,
 * and a genre that flickers up for less than two prices is no section, however certain.
 *
 * @typedef {object} Section
 * @property {number} start_s
 * @property {number} end_s
 * @property {string | null} genre null where the network is unsure
 * @property {string[]} elements other genres that are heard in it, by falling share
 *
 * @typedef {object} Heard
 * @property {string[]} genres
 * @property {number[][]} rows shares, one row a step, one column a genre
 * @property {boolean[]} unsure one a row
 * @property {number} step_s
 * @property {number} duration_s of the song
 */

/**
 * Seconds of full certainty. Rows look three seconds around them, so that a single event can rule as many of them; and
 * whoever listens calls nothing of less than twice that a part of a song.
 */
const CHANGE_PRICE_S = 3;
/** What an unsure second is worth to an unsure section: more than any genre has in it, as none reaches half. */
const UNSURE_WORTH = 0.7;
const LEAST_ELEMENT = 0.2;
const MOST_ELEMENTS = 2;

/** @param {Heard} heard @returns {Section[]} from the song's start to its end; none where nothing is heard */
export function sectionsOf({ genres, rows, unsure, step_s, duration_s }) {
  const states = bestStates(rows, unsure, genres.length, CHANGE_PRICE_S / step_s);
  return runsOf(states).map(({ state, first, end }) => ({
    start_s: first * step_s,
    end_s: end === rows.length ? duration_s : end * step_s,
    genre: genres[state] ?? null,
    elements: state < genres.length ? elementsOf(rows.slice(first, end), state).map((genre) => genres[genre]) : [],
  }));
}

/**
 * @param {number[][]} rows
 * @param {boolean[]} unsure
 * @param {number} n_genres
 * @param {number} change_price in rows of full certainty
 * @returns {number[]} the genre of the section that each row is in; n_genres where it is unsure
 */
function bestStates(rows, unsure, n_genres, change_price) {
  const n_states = n_genres + 1;
  const worth = new Float64Array(n_states); // of the best sections up to here, by the state that they end in
  const has_changed = new Uint8Array(rows.length * n_states);
  const best_before = new Uint16Array(rows.length);
  rows.forEach((row, t) => {
    const best = indexOfMax(worth);
    const changed = worth[best] - change_price;
    best_before[t] = best;
    for (let state = 0; state < n_states; state += 1) {
      if (t > 0 && changed > worth[state]) has_changed[t * n_states + state] = 1;
      worth[state] = Math.max(worth[state], changed) + worthOf(row, unsure[t], state);
    }
  });
  return traceBack(indexOfMax(worth), has_changed, best_before);
}

/** @param {number[]} row @param {boolean} is_unsure @param {number} state */
function worthOf(row, is_unsure, state) {
  if (state < row.length) return row[state];
  return is_unsure ? UNSURE_WORTH : 0;
}

/** @param {number} last_state @param {Uint8Array} has_changed [rows, states] @param {Uint16Array} best_before */
function traceBack(last_state, has_changed, best_before) {
  const n_states = has_changed.length / best_before.length;
  /** @type {number[]} */
  const states = new Array(best_before.length);
  let state = last_state;
  for (let t = states.length - 1; t >= 0; t -= 1) {
    states[t] = state;
    if (has_changed[t * n_states + state]) state = best_before[t];
  }
  return states;
}

/** @param {number[]} states */
function runsOf(states) {
  /** @type {{state: number, first: number, end: number}[]} */
  const runs = [];
  states.forEach((state, t) => {
    const last = runs[runs.length - 1];
    if (last?.state === state) last.end = t + 1;
    else runs.push({ state, first: t, end: t + 1 });
  });
  return runs;
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

/** @param {Float64Array} values */
function indexOfMax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i] > values[best]) best = i;
  return best;
}
