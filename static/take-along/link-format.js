/**
 * A chart as the bytes of a link, version 1:
 *
 *     title, model's name, model's version    texts: length in bytes, UTF-8
 *     n_genres, names                         number, texts
 *     step, duration                          numbers, in microseconds
 *     verdict: genre, unsure, shares          number, 0 or 1, n_genres numbers that add up to 10,000
 *     n_rows, levels                          numbers
 *     unsure                                  a bit a row, low ones first
 *     probabilities                           genre by genre but for the last one, a byte a row: the difference, modulo
 *                                             256, to the row before it; a row of all genres adds up to levels
 *
 * Version 2 is of networks that can hear several genres at once, whose probabilities do not add up:
 *
 *     … step, duration                        as in version 1
 *     thresholds                              n_genres numbers, in millionths
 *     verdict: genres, shares                 how many are heard, which ones by falling share; n_genres numbers of
 *                                             10,000
 *     n_rows, levels, unsure                  as in version 1
 *     probabilities                           as in version 1, but of all genres: each is of levels
 *
 * Who writes links is not known: whatever the reader gives back lies within the bounds below.
 */

import { MOST_GENRES } from "../contract.js";
import { ByteReader, ByteWriter } from "./link-bytes.js";
import { LinkError } from "./link-error.js";
import { VERDICT_LEVELS, levelsOf, readSeveral, writeSeveral } from "./link-several.js";
import { plainText } from "./plain-text.js";
import { probabilitiesOf, quantised } from "./quantised.js";

/**
 * @typedef {import("./analysis-json.js").Prediction} Prediction
 * @typedef {{title: string, analysis: Prediction}} TitledAnalysis
 */

/** The versions: of networks that hear one genre at a time, and of those that can hear several. */
export const ONE = 1;
export const SEVERAL = 2;
const MAX_ROWS = 5000;
const MAX_NAME_LENGTH = 80;
const MAX_TITLE_LENGTH = 100;
const UTF8_BYTES = 3; // at most, for each of a string's UTF-16 units
const US = 1e6; // microseconds in a second
const MIN_STEP_US = 10_000;
const MAX_DURATION_US = 7 * 24 * 3600 * US;
const MAX_LEVELS = 255;

/**
 * @param {TitledAnalysis} song
 * @param {number} levels that a probability is told in, at most 255
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function bytesOf({ title, analysis }, levels) {
  const { model, genres, step_s, duration_s, thresholds, verdict, probabilities, unsure } = analysis;
  const out = new ByteWriter();
  out.text(plainText(title, MAX_TITLE_LENGTH));
  for (const name of [model.name, model.version]) out.text(plainText(name, MAX_NAME_LENGTH));
  out.number(genres.length);
  for (const genre of genres) out.text(plainText(genre, MAX_NAME_LENGTH));
  for (const time_s of [step_s, duration_s]) out.number(Math.round(time_s * US));
  if (thresholds) writeSeveral(out, genres, thresholds, verdict);
  else writeVerdict(out, genres, verdict);
  out.number(probabilities.length);
  out.number(levels);
  out.bytes(packedBits(unsure));
  const inLevels = (/** @type {number[]} */ row) =>
    thresholds ? levelsOf(row, thresholds, levels) : quantised(row, levels);
  out.bytes(differences(probabilities.map(inLevels), thresholds ? genres.length : genres.length - 1));
  return out.end();
}

/** @param {ByteWriter} out @param {string[]} genres @param {Prediction["verdict"]} verdict */
function writeVerdict(out, genres, verdict) {
  out.number(genres.indexOf(verdict.genre));
  out.number(Number(verdict.unsure));
  for (const share of quantised(genres.map((genre) => verdict.probabilities[genre]), VERDICT_LEVELS)) out.number(share);
}

/** @param {boolean[]} flags @returns {Uint8Array} */
function packedBits(flags) {
  const bytes = new Uint8Array(Math.ceil(flags.length / 8));
  flags.forEach((flag, i) => (bytes[i >> 3] |= Number(flag) << (i & 7)));
  return bytes;
}

/** @param {number[][]} rows of levels @param {number} n_genres of them @returns {Uint8Array} */
function differences(rows, n_genres) {
  const bytes = new Uint8Array(n_genres * rows.length);
  for (let genre = 0; genre < n_genres; genre += 1) {
    rows.forEach((row, k) => (bytes[genre * rows.length + k] = row[genre] - (k > 0 ? rows[k - 1][genre] : 0)));
  }
  return bytes;
}

/**
 * @param {Uint8Array} bytes of anyone
 * @param {number} version
 * @returns {TitledAnalysis}
 * @throws {LinkError}
 */
export function songOf(bytes, version) {
  const from = new ByteReader(bytes);
  const title = readName(from, "title", MAX_TITLE_LENGTH);
  const model = { name: readName(from, "model's name"), version: readName(from, "model's version") };
  const genres = readGenres(from);
  const step_us = from.number("step", MIN_STEP_US, MAX_DURATION_US);
  const duration_us = from.number("duration", 1, MAX_DURATION_US);
  const several = version === SEVERAL ? readSeveral(from, genres) : { verdict: readVerdict(from, genres) };
  const n_rows = from.number("number of rows", 1, MAX_ROWS);
  // A chart is as long as its song says: a column more would be empty.
  if (Math.abs(n_rows * step_us - duration_us) > step_us) throw new LinkError("invalid", "the rows are not the song's");
  const levels = from.number("levels", 2, MAX_LEVELS);
  const unsure = unpackedBits(from.bytes(Math.ceil(n_rows / 8)), n_rows);
  const rows = readRows(from, n_rows, version === SEVERAL ? genres.length : genres.length - 1);
  from.end();
  if (version !== SEVERAL) for (const row of rows) row.push(whatIsLeft(row, levels));
  if (rows.some((row) => Math.max(...row) > levels)) throw new LinkError("invalid", "a probability is more than 1");
  const probabilities = rows.map((row) => probabilitiesOf(row, levels));
  const [step_s, duration_s] = [step_us / US, duration_us / US];
  return { title, analysis: { model, genres, duration_s, step_s, probabilities, unsure, ...several } };
}

/** @param {ByteReader} from @param {string} what @param {number} [max_length] */
function readName(from, what, max_length = MAX_NAME_LENGTH) {
  return plainText(from.text(what, max_length * UTF8_BYTES), max_length);
}

/** @param {ByteReader} from @returns {string[]} */
function readGenres(from) {
  const n_genres = from.number("number of genres", 2, MOST_GENRES);
  const genres = Array.from({ length: n_genres }, () => readName(from, "genre"));
  if (genres.includes("")) throw new LinkError("invalid", "a genre has no name");
  if (new Set(genres).size < n_genres) throw new LinkError("invalid", "two genres have the same name");
  return genres;
}

/** @param {ByteReader} from @param {string[]} genres @returns {Prediction["verdict"]} */
function readVerdict(from, genres) {
  const top = from.number("verdict", 0, genres.length - 1);
  const unsure = from.number("unsure", 0, 1) === 1;
  const whole = genres.map(() => from.number("share", 0, VERDICT_LEVELS));
  if (whole.reduce((a, b) => a + b, 0) !== VERDICT_LEVELS) throw new LinkError("invalid", "shares do not add up");
  const shares = probabilitiesOf(whole, VERDICT_LEVELS);
  const probabilities = Object.fromEntries(genres.map((genre, i) => [genre, shares[i]]));
  return { genre: genres[top], confidence: shares[top], unsure, probabilities };
}

/** @param {Uint8Array} bytes @param {number} n @returns {boolean[]} */
const unpackedBits = (bytes, n) => Array.from({ length: n }, (_, i) => ((bytes[i >> 3] >> (i & 7)) & 1) === 1);

/** @param {ByteReader} from @param {number} n_rows @param {number} n_genres @returns {number[][]} levels */
function readRows(from, n_rows, n_genres) {
  const rows = Array.from({ length: n_rows }, () => new Array(n_genres).fill(0));
  for (let genre = 0; genre < n_genres; genre += 1) {
    let level = 0;
    from.bytes(n_rows).forEach((difference, k) => (rows[k][genre] = level = (level + difference) & 255));
  }
  return rows;
}

/** @param {number[]} row of all genres but the last @param {number} levels */
function whatIsLeft(row, levels) {
  const left = levels - row.reduce((a, b) => a + b, 0);
  if (left < 0) throw new LinkError("invalid", "a row's probabilities are more than 1");
  return left;
}
