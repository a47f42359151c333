/** An analysis as a table (CSV by RFC 4180): a line a row of the chart, with its time, a column a genre, and unsure. */

import { csvLine } from "../csv.js";
import { rounded } from "../rounded.js";

/**
 * @param {Pick<import("./analysis-json.js").Prediction, "genres" | "step_s" | "probabilities" | "unsure">} analysis
 * @returns {string} time_s is where a row begins; unsure is true or false; lines end with CR LF, the last one too
 */
export function analysisCsv({ genres, step_s, probabilities, unsure }) {
  const header = ["time_s", ...genres, "unsure"];
  // Rounded: without the dust of 3 × 0.1.
  const lines = probabilities.map((row, k) => [rounded(k * step_s), ...row, unsure[k]]);
  return [header, ...lines].map(csvLine).join("");
}
