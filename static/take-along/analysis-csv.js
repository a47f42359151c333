/** An analysis as a table (CSV by RFC 4180): a line a row of the chart, with its time, a column a genre, and unsure. */

import { csvLine } from "../csv.js";

/** Without the dust of 3 × 0.1. @param {number} seconds */
const time = (seconds) => Math.round(seconds * 1e6) / 1e6;

/**
 * @param {Pick<import("./analysis-json.js").Prediction, "genres" | "step_s" | "probabilities" | "unsure">} analysis
 * @returns {string} time_s is where a row begins; unsure is true or false; lines end with CR LF, the last one too
 */
export function analysisCsv({ genres, step_s, probabilities, unsure }) {
  const header = ["time_s", ...genres, "unsure"];
  const lines = probabilities.map((row, k) => [time(k * step_s), ...row, unsure[k]]);
  return [header, ...lines].map(csvLine).join("");
}
