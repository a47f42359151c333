/**
 * An analysis as a table (CSV by RFC 4180): a line a row of the chart, with its time, a column a genre, and unsure;
 * where several genres can be heard at once, then those that are.
 */

import { csvLine, namesInOne } from "../csv.js";
import { heardIn } from "../heard.js";
import { rounded } from "../rounded.js";

/**
 * @param {Pick<import("./analysis-json.js").Prediction, "genres" | "step_s" | "thresholds" | "probabilities" |
 *     "unsure">} analysis
 * @returns {string} time_s is where a row begins; unsure is true or false; lines end with CR LF, the last one too
 */
export function analysisCsv({ genres, step_s, thresholds, probabilities, unsure }) {
  const header = ["time_s", ...genres, "unsure", ...(thresholds ? ["heard"] : [])];
  const heard = (/** @type {number[]} */ row) =>
    thresholds ? [namesInOne(heardIn(row, thresholds).map((genre) => genres[genre]))] : [];
  // Rounded: without the dust of 3 × 0.1.
  const lines = probabilities.map((row, k) => [rounded(k * step_s), ...row, unsure[k], ...heard(row)]);
  return [header, ...lines].map(csvLine).join("");
}
