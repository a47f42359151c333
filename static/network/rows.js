/**
 * From the logits of steps to one row of probabilities a second, and the song's verdict.
 *
 * Conventions: row k describes [k, k + 1) × step_s seconds. Its logits are the mean over the steps centred within
 * context_s / 2 of its middle, or the nearest step where there is none.
 */

import { rounded } from "../rounded.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("../contract.js").RowRule} RowRule
 * @typedef {{genre: string, confidence: number, probabilities: Record<string, number>}} Verdict
 * @typedef {Verdict & {unsure: boolean, genres?: string[]}} ToldVerdict genres: those that are heard, likeliest first,
 *     where several can be; then `genre` is the first, or, where none is, the likeliest
 * @typedef {number | number[]} Bounds one probability for all genres, or one a genre
 */

/**
 * @param {Float64Array} logits [n]
 * @param {number} temperature
 * @returns {number[]} [n], sums to 1
 */
export function softmax(logits, temperature) {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const weights = Array.from(logits, (logit) => Math.exp((logit - top) / temperature));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * @param {Float64Array} logits [n]
 * @param {number} temperature
 * @returns {number[]} [n], of genres that do not exclude one another
 */
export const sigmoid = (logits, temperature) => Array.from(logits, (logit) => 1 / (1 + Math.exp(-logit / temperature)));

/** Whether several genres can be heard at once. @param {RowRule} rule */
export const isMultiLabel = ({ activation }) => activation === "sigmoid";

/** @param {RowRule} rule @returns {Bounds} that a genre must reach in a row to be claimed */
export const boundsOf = (rule) => /** @type {Bounds} */ (isMultiLabel(rule) ? rule.thresholds : rule.unsure_below);

/** @param {RowRule} rule @returns {Bounds} the same of the verdict */
const verdictBoundsOf = (rule) =>
  /** @type {Bounds} */ (isMultiLabel(rule) ? rule.verdict_thresholds : rule.verdict_unsure_below);

/**
 * What an analysis says of the way it is to be read: nothing where a song is of one genre.
 * @param {RowRule} rule
 * @returns {{multi_label?: true, thresholds?: number[]}}
 */
export const labelling = (rule) => (isMultiLabel(rule) ? { multi_label: true, thresholds: rule.thresholds } : {});

/**
 * @param {number[]} probabilities of a row or of the verdict
 * @param {Bounds} bounds
 * @returns {boolean[]} one a genre: whether it is likely enough to be claimed
 */
const areHeard = (probabilities, bounds) =>
  probabilities.map((probability, genre) => probability >= (typeof bounds === "number" ? bounds : bounds[genre]));

/**
 * Whether not even the likeliest genre is likely enough to be named.
 * @param {number[]} probabilities of a row or of the verdict
 * @param {Bounds} bounds
 */
export const isUnsure = (probabilities, bounds) => !areHeard(probabilities, bounds).includes(true);

/**
 * The verdict in the numbers that are told. Its genre was found before they were rounded, as on the server: rounding
 * makes equals of neighbours. Whether it is unsure, and which genres are heard, follows from the numbers as told.
 * @param {Verdict} verdict
 * @param {Pick<Contract, "genres" | "rows">} contract
 * @returns {ToldVerdict}
 */
export function toldVerdict({ genre, probabilities }, { genres, rows }) {
  const exact = genres.map((name) => probabilities[name]);
  const told = exact.map(rounded);
  const are_heard = areHeard(told, verdictBoundsOf(rows));
  const order = genres.map((_, i) => i).sort((a, b) => exact[b] - exact[a]);
  const heard = order.filter((i) => are_heard[i]).map((i) => genres[i]);
  const first = isMultiLabel(rows) ? (heard[0] ?? genre) : genre;
  return {
    genre: first,
    confidence: told[genres.indexOf(first)],
    unsure: heard.length === 0,
    ...(isMultiLabel(rows) ? { genres: heard } : {}),
    probabilities: Object.fromEntries(genres.map((name, i) => [name, told[i]])),
  };
}

/**
 * The verdict's temperature was fitted on whole songs. That of a song of one second has a further one, which falls to 1
 * with the logarithm of the length.
 * @param {number[]} means of the rows at the verdict's temperature, [n_genres]
 * @param {number} heard_s
 * @param {RowRule} rule
 * @returns {number[]} the verdict's probabilities, [n_genres]
 */
function lessSureOfShort(means, heard_s, rule) {
  const { short_verdict_temperature = 1, short_verdict_below_s = 1 } = rule;
  const length_s = Math.max(1, heard_s);
  if (length_s >= short_verdict_below_s || short_verdict_temperature === 1) return means;
  const least = 1 / short_verdict_temperature;
  const power = least + ((1 - least) * Math.log(length_s)) / Math.log(short_verdict_below_s);
  const odds = means.map((mean) => mean ** power);
  const sum = odds.reduce((a, b) => a + b, 0);
  return odds.map((one, i) => one / (isMultiLabel(rule) ? one + (1 - means[i]) ** power : sum));
}

/** Streaming: logits of consecutive steps in, rows out as soon as no later step can change them. */
export class RowStream {
  /** @param {Contract} contract */
  constructor({ signal_chain, network, rows, genres }) {
    const { sample_rate_hz, hop_length, n_fft } = signal_chain;
    this._rows = rows;
    this._genres = genres;
    this._step_distance_s = (network.frames_per_step * hop_length) / sample_rate_hz;
    this._first_centre_s = (((network.frames_per_step - 1) / 2) * hop_length + n_fft / 2) / sample_rate_hz;
    /** Logits of the steps that rows to come may need; the first is step number _first_step. */
    this._logits = new Float32Array(0);
    this._first_step = 0;
    this._n_steps = 0;
    this._n_rows = 0;
    this._verdict_sums = new Float64Array(genres.length);
  }

  /**
   * @param {Float32Array} logits [k, n_genres], the next steps
   * @returns {number[][]} rows [r, n_genres]
   */
  push(logits) {
    const kept = this._logits;
    this._logits = new Float32Array(kept.length + logits.length);
    this._logits.set(kept);
    this._logits.set(logits, kept.length);
    this._n_steps += logits.length / this._genres.length;
    const next_centre_s = this._centre(this._n_steps);
    /** @type {number[][]} */
    const rows = [];
    while (next_centre_s - this._middle(this._n_rows) > this._rows.context_s / 2) rows.push(this._row());
    this._drop();
    return rows;
  }

  /**
   * @param {number} duration_s of the song
   * @returns {{rows: number[][], verdict: Verdict}} the rows that were missing
   */
  finish(duration_s) {
    const n_rows = Math.max(1, Math.ceil(duration_s / this._rows.step_s));
    /** @type {number[][]} */
    const rows = [];
    while (this._n_rows < n_rows) rows.push(this._row());
    const means = Array.from(this._verdict_sums, (sum) => sum / n_rows);
    const told = lessSureOfShort(means, n_rows * this._rows.step_s, this._rows);
    const top = told.indexOf(Math.max(...told));
    const probabilities = Object.fromEntries(this._genres.map((genre, i) => [genre, told[i]]));
    return { rows, verdict: { genre: this._genres[top], confidence: told[top], probabilities } };
  }

  /**
   * What is still to come if the song ends with these steps; nothing of it is kept.
   * @param {Float32Array} logits [k, n_genres]
   * @param {number} duration_s of the song so far
   * @returns {number[][]} rows [r, n_genres]
   */
  preview(logits, duration_s) {
    const copy = Object.assign(Object.create(RowStream.prototype), this);
    copy._verdict_sums = this._verdict_sums.slice(); // all else is replaced, never written into
    return [...copy.push(logits), ...copy.finish(duration_s).rows];
  }

  /** @param {number} step @returns {number} the time in the song it is centred on, in seconds */
  _centre(step) {
    return this._first_centre_s + step * this._step_distance_s;
  }

  /** @param {number} row @returns {number} the middle of the stretch it describes, in seconds */
  _middle(row) {
    return (row + 0.5) * this._rows.step_s;
  }

  /** @returns {number[]} the next row's probabilities */
  _row() {
    const logits = this._meanLogits(this._middle(this._n_rows));
    const activate = isMultiLabel(this._rows) ? sigmoid : softmax;
    const verdict = activate(logits, this._rows.verdict_temperature);
    for (let genre = 0; genre < verdict.length; genre += 1) this._verdict_sums[genre] += verdict[genre];
    this._n_rows += 1;
    return activate(logits, this._rows.temperature);
  }

  /** @param {number} middle_s @returns {Float64Array} [n_genres] */
  _meanLogits(middle_s) {
    const sums = new Float64Array(this._genres.length);
    let n = 0;
    for (let step = this._first_step; step < this._n_steps; step += 1) {
      if (Math.abs(this._centre(step) - middle_s) > this._rows.context_s / 2) continue;
      this._addStep(sums, step);
      n += 1;
    }
    if (n === 0) this._addStep(sums, this._nearestStep(middle_s));
    return sums.map((sum) => sum / Math.max(1, n));
  }

  /** @param {Float64Array} sums @param {number} step */
  _addStep(sums, step) {
    const at = (step - this._first_step) * sums.length;
    for (let genre = 0; genre < sums.length; genre += 1) sums[genre] += this._logits[at + genre];
  }

  /** @param {number} middle_s */
  _nearestStep(middle_s) {
    const nearest = Math.round((middle_s - this._first_centre_s) / this._step_distance_s);
    return Math.min(this._n_steps - 1, Math.max(this._first_step, nearest));
  }

  /** Forgets steps before the next row's context, but for the last: it may be the nearest to what comes. */
  _drop() {
    const from_s = this._middle(this._n_rows) - this._rows.context_s / 2;
    const needed_from = Math.floor((from_s - this._first_centre_s) / this._step_distance_s);
    const n_dropped = Math.min(needed_from, this._n_steps - 1) - this._first_step;
    if (n_dropped <= 0) return;
    this._logits = this._logits.slice(n_dropped * this._genres.length);
    this._first_step += n_dropped;
  }
}
