/** An analysis as a table (CSV by RFC 4180): a line a row of the chart, with its time, a column a genre, and unsure. */

/**
 * A field in quotes where it must be. A spreadsheet would run a name that begins like a formula: an apostrophe, which
 * it does not show, makes it text. Names come from strangers' models and links.
 * @param {string} name
 */
function field(name) {
  const harmless = /^[=+\-@\t\r]/.test(name) ? `'${name}` : name;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** Without the dust of 3 × 0.1. @param {number} seconds */
const time = (seconds) => String(Math.round(seconds * 1e6) / 1e6);

/**
 * @param {Pick<import("./analysis-json.js").Prediction, "genres" | "step_s" | "probabilities" | "unsure">} analysis
 * @returns {string} time_s is where a row begins; unsure is true or false; lines end with CR LF, the last one too
 */
export function analysisCsv({ genres, step_s, probabilities, unsure }) {
  const header = ["time_s", ...genres.map(field), "unsure"];
  const lines = probabilities.map((row, k) => [time(k * step_s), ...row, unsure[k]]);
  return [header, ...lines].map((fields) => `${fields.join(",")}\r\n`).join("");
}
