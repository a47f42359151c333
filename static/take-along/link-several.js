/** What a link says of a chart of several genres at once: see link-format.js, version 2. */

import { LinkError } from "./link-error.js";
import { rounded } from "../rounded.js";
import { probabilitiesOf } from "./quantised.js";

/**
 * @typedef {import("./link-bytes.js").ByteReader} ByteReader
 * @typedef {import("./link-bytes.js").ByteWriter} ByteWriter
 * @typedef {import("./analysis-json.js").Prediction} Prediction
 */

/** Two decimals of a per cent: the words say the same as where the link was made. */
export const VERDICT_LEVELS = 10_000;
/** Six decimals, as everywhere. */
const THRESHOLD_LEVELS = 1_000_000;

/**
 * Whole levels that say of each genre what its probability says: whether it is heard, by the numbers that the link's
 * reader gets. So each is less than a level off.
 * @param {number[]} row
 * @param {number[]} thresholds as the link tells them, or finer
 * @param {number} levels
 * @returns {number[]}
 */
export function levelsOf(row, thresholds, levels) {
  return row.map((probability, genre) => {
    const nearest = Math.round(probability * levels);
    const is_heard = probability >= thresholds[genre];
    const seems_heard = rounded(nearest / levels) >= told(thresholds[genre]) / THRESHOLD_LEVELS;
    return Math.max(0, nearest + Number(is_heard && !seems_heard) - Number(seems_heard && !is_heard));
  });
}

/** In millionths; one that is not 0 is not told as 0, from which on everything is heard. @param {number} threshold */
const told = (threshold) => Math.max(Number(threshold > 0), Math.round(threshold * THRESHOLD_LEVELS));

/**
 * @param {ByteWriter} out
 * @param {string[]} genres
 * @param {number[]} thresholds
 * @param {Prediction["verdict"]} verdict
 */
export function writeSeveral(out, genres, thresholds, { genres: heard = [], probabilities }) {
  for (const threshold of thresholds) out.number(told(threshold));
  out.number(heard.length);
  for (const genre of heard) out.number(genres.indexOf(genre));
  for (const genre of genres) out.number(Math.round(probabilities[genre] * VERDICT_LEVELS));
}

/**
 * @param {ByteReader} from
 * @param {string[]} genres
 * @returns {Required<Pick<Prediction, "multi_label" | "thresholds" | "verdict">>}
 * @throws {LinkError}
 */
export function readSeveral(from, genres) {
  const thresholds = genres.map(() => from.number("threshold", 0, THRESHOLD_LEVELS));
  const n_heard = from.number("number of genres heard", 0, genres.length);
  const heard = Array.from({ length: n_heard }, () => from.number("verdict", 0, genres.length - 1));
  if (new Set(heard).size < n_heard) throw new LinkError("invalid", "a genre is heard twice");
  const shares = probabilitiesOf(genres.map(() => from.number("share", 0, VERDICT_LEVELS)), VERDICT_LEVELS);
  const top = heard[0] ?? shares.indexOf(Math.max(...shares));
  const verdict = {
    genre: genres[top],
    confidence: shares[top],
    unsure: n_heard === 0,
    genres: heard.map((genre) => genres[genre]),
    probabilities: Object.fromEntries(genres.map((genre, i) => [genre, shares[i]])),
  };
  return { multi_label: true, thresholds: probabilitiesOf(thresholds, THRESHOLD_LEVELS), verdict };
}
