/**
 * How sure a taught network may be, by what it says of songs that it was not taught by (leave-one-out.js): temperatures
 * as training/calibrate.py fits them, and below which probabilities it names no genre.
 *
 * A handful of songs that are all judged rightly is no reason to be certain. So no song counts as surely of its genre:
 * with n songs of K genres it does with (n + 1) / (n + K), the rest going to the other genres, as if there had been one
 * song more of each (Platt, "Probabilistic outputs for support vector machines", 1999).
 *
 * Conventions: every song weighs the same, however long.
 */

import { softmax } from "../network/rows.js";

/** @typedef {import("./leave-one-out.js").Judged} Judged */
/** @typedef {Record<"temperature" | "verdict_temperature" | "unsure_below" | "verdict_unsure_below", number>} Rule */

const TEMPERATURES = [0.05, 20];
const STEPS = 60; // of the search, each narrowing the range by 0.618 of its logarithm: far below a rounded digit
/** Of what is judged rightly, so much may be unsure: training gives up to 10 % of seconds and 5 % of verdicts. */
const LOST = { seconds: 0.1, verdicts: 0.05 };

/** @param {Judged} judged @param {number} temperature @returns {number[]} the song's genres, as the page finds them */
export function verdictOf({ stretches }, temperature) {
  const rows = stretches.map((logits) => softmax(logits, temperature));
  return rows[0].map((_, genre) => rows.reduce((sum, row) => sum + row[genre] / rows.length, 0));
}

/** @param {number[]} probabilities */
export const likeliest = (probabilities) => probabilities.indexOf(Math.max(...probabilities));

/**
 * @param {Judged[]} judged
 * @param {number} n_genres
 * @returns {Rule}
 */
export function calibrate(judged, n_genres) {
  const n = judged.length;
  const sure = (n + 1) / (n + n_genres);
  const rest = (1 - sure) / (n_genres - 1);
  /** @param {number[]} probabilities @param {number} target @returns {number} nats */
  const surprise = (probabilities, target) =>
    probabilities.reduce((sum, p, genre) => sum - (genre === target ? sure : rest) * Math.log(Math.max(p, 1e-300)), 0);
  /** @param {(song: Judged) => number[][]} claims */
  const meanSurprise = (claims) =>
    judged.reduce((sum, song) => {
      const all = claims(song);
      return sum + all.reduce((own, p) => own + surprise(p, song.target), 0) / all.length;
    }, 0);
  /** @param {number} t @returns {(song: Judged) => number[][]} */
  const rows = (t) => (song) => song.stretches.map((one) => softmax(one, t));
  /** @param {number} t @returns {(song: Judged) => number[][]} */
  const verdict = (t) => (song) => [verdictOf(song, t)];
  const temperature = best((t) => meanSurprise(rows(t)));
  const verdict_temperature = best((t) => meanSurprise(verdict(t)));
  return {
    temperature,
    verdict_temperature,
    unsure_below: threshold(judged, rows(temperature), n_genres, LOST.seconds),
    verdict_unsure_below: threshold(judged, verdict(verdict_temperature), n_genres, LOST.verdicts),
  };
}

/** @param {(temperature: number) => number} loss with one minimum @returns {number} where it is, by golden sections */
function best(loss) {
  let [low, high] = TEMPERATURES.map(Math.log);
  const at = (/** @type {number} */ share) => low + share * (high - low);
  const golden = (Math.sqrt(5) - 1) / 2;
  for (let step = 0; step < STEPS; step += 1) {
    const [left, right] = [at(1 - golden), at(golden)];
    if (loss(Math.exp(left)) < loss(Math.exp(right))) high = right;
    else low = left;
  }
  return Number(Math.exp(at(0.5)).toFixed(4));
}

/**
 * The probability below which the share `lost` of what is right would lie. Of few songs the least sure is not where
 * that is: the i-th of n lies at i / (n + 1), and what no song shows, between there and what chance would give.
 * @param {Judged[]} judged
 * @param {(song: Judged) => number[][]} claims
 * @param {number} n_genres
 * @param {number} lost
 */
function threshold(judged, claims, n_genres, lost) {
  const right = judged.flatMap((song) => {
    const named = claims(song);
    const tops = named.filter((p) => likeliest(p) === song.target).map((p) => Math.max(...p));
    return tops.map((top) => ({ top, weight: 1 / named.length }));
  });
  right.sort((a, b) => a.top - b.top);
  const n_right = right.reduce((sum, { weight }) => sum + weight, 0);
  let [share, below] = [0, 1 / n_genres];
  for (const { top, weight } of right) {
    const next = share + weight / (n_right + 1);
    if (next >= lost) return rounded(below + ((lost - share) / (next - share)) * (top - below));
    [share, below] = [next, top];
  }
  return 0.999; // it is right about nothing: it names nothing
}

/** @param {number} probability */
const rounded = (probability) => Number(probability.toFixed(3));
