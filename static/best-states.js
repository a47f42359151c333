/** The states of a Potts model in time, found exactly by dynamic programming (as Viterbi's). Pure. */

/**
 * Each row is worth something in each state, and each change of state has a price: those of the highest worth.
 * @param {number} n_rows
 * @param {number} n_states
 * @param {(row: number, state: number) => number} worthOf
 * @param {number} change_price
 * @returns {number[]} one a row
 */
export function bestStates(n_rows, n_states, worthOf, change_price) {
  const worth = new Float64Array(n_states); // of the best states up to here, by the one that they end in
  const has_changed = new Uint8Array(n_rows * n_states);
  const best_before = new Uint16Array(n_rows);
  for (let t = 0; t < n_rows; t += 1) {
    const best = indexOfMax(worth);
    const changed = worth[best] - change_price;
    best_before[t] = best;
    for (let state = 0; state < n_states; state += 1) {
      if (t > 0 && changed > worth[state]) has_changed[t * n_states + state] = 1;
      worth[state] = Math.max(worth[state], changed) + worthOf(t, state);
    }
  }
  return traceBack(indexOfMax(worth), has_changed, best_before);
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

/**
 * @param {number[]} states one a row
 * @returns {{state: number, first: number, end: number}[]} stretches of the same one
 */
export function runsOf(states) {
  /** @type {{state: number, first: number, end: number}[]} */
  const runs = [];
  states.forEach((state, t) => {
    const last = runs[runs.length - 1];
    if (last?.state === state) last.end = t + 1;
    else runs.push({ state, first: t, end: t + 1 });
  });
  return runs;
}

/** @param {Float64Array} values */
function indexOfMax(values) {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) if (values[i] > values[best]) best = i;
  return best;
}
