/** The table of songs as a CSV file, in UTF-8. */

import { csvLine } from "../csv.js";

/**
 * @typedef {import("./packed.js").Packed} Packed
 * @typedef {{name: string, packed: Packed | null, problem: string}} Line a song: its file's name, what was heard, or
 *     what was wrong with it
 */

/** Without it, Excel takes UTF-8 for the system's old code page, and "Motörhead" for something else. */
const BYTE_ORDER_MARK = "\ufeff";

/**
 * A column for each genre of any song: songs may have been heard by different models.
 * @param {Line[]} lines
 * @returns {string} a file's content
 */
export function csvOf(lines) {
  const genres = [...new Set(lines.flatMap(({ packed }) => packed?.genres ?? []))];
  const head = ["name", "duration_s", "verdict", "confidence", "unsure", ...genres, "problem"];
  return BYTE_ORDER_MARK + [head, ...lines.map((line) => fieldsOf(line, genres))].map(csvLine).join("");
}

/** @param {Line} line @param {string[]} genres @returns {(string | number)[]} */
function fieldsOf({ name, packed, problem }, genres) {
  if (!packed) return [name, "", "", "", "", ...genres.map(() => ""), problem];
  const { genre, confidence, unsure, probabilities } = packed.verdict;
  const shares = genres.map((known) => probabilities[known] ?? "");
  return [name, packed.duration_s, genre, confidence, String(unsure), ...shares, problem];
}
