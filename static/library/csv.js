/** The table of songs as a CSV file: RFC 4180, in UTF-8. */

/**
 * @typedef {import("./packed.js").Packed} Packed
 * @typedef {{name: string, packed: Packed | null, problem: string}} Line a song: its file's name, what was heard, or
 *     what was wrong with it
 */

/** Without it, Excel takes UTF-8 for the system's old code page, and "Motörhead" for something else. */
const BYTE_ORDER_MARK = "\ufeff";
const END_OF_LINE = "\r\n";
/** Spreadsheets run what begins like this as a formula (OWASP, "CSV injection"); after an apostrophe it is text. */
const FORMULA = /^[=+\-@\t\r]/;

/** @param {string} text somebody else's */
const guarded = (text) => (FORMULA.test(text) ? `'${text}` : text);

/** @param {string} field */
const quoted = (field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

/** @param {(string | number)[]} fields texts are guarded, numbers are not */
const lineOf = (fields) =>
  fields.map((field) => quoted(typeof field === "string" ? guarded(field) : String(field))).join(",") + END_OF_LINE;

/**
 * A column for each genre of any song: songs may have been heard by different models.
 * @param {Line[]} lines
 * @returns {string} a file's content
 */
export function csvOf(lines) {
  const genres = [...new Set(lines.flatMap(({ packed }) => packed?.genres ?? []))];
  const head = ["name", "duration_s", "verdict", "confidence", "unsure", ...genres, "problem"];
  return BYTE_ORDER_MARK + [head, ...lines.map((line) => fieldsOf(line, genres))].map(lineOf).join("");
}

/** @param {Line} line @param {string[]} genres @returns {(string | number)[]} */
function fieldsOf({ name, packed, problem }, genres) {
  if (!packed) return [name, "", "", "", "", ...genres.map(() => ""), problem];
  const { genre, confidence, unsure, probabilities } = packed.verdict;
  const shares = genres.map((known) => probabilities[known] ?? "");
  return [name, packed.duration_s, genre, confidence, String(unsure), ...shares, problem];
}
