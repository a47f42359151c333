/** The table of songs as a CSV file, in UTF-8. */

import { csvLine, namesInOne } from "../csv.js";

/**
 * @typedef {import("./packed.js").Packed} Packed
 * @typedef {{name: string, packed: Packed | null, problem: string}} Line a song: its file's name, what was heard, or
 *     what was wrong with it
 */

/** Without it, Excel takes UTF-8 for the system's old code page, and "Motörhead" for something else. */
const BYTE_ORDER_MARK = "\ufeff";

/**
 * A column for each genre of any song: songs may have been heard by different models. Where one can hear several
 * genres at once, a column names those that it has heard.
 * @param {Line[]} lines
 * @returns {string} a file's content
 */
export function csvOf(lines) {
  const genres = [...new Set(lines.flatMap(({ packed }) => packed?.genres ?? []))];
  const has_several = lines.some(({ packed }) => packed?.multi_label);
  const heard = has_several ? ["heard"] : [];
  const head = ["name", "duration_s", "verdict", "confidence", "unsure", ...heard, ...genres, "problem"];
  return BYTE_ORDER_MARK + [head, ...lines.map((line) => fieldsOf(line, genres, has_several))].map(csvLine).join("");
}

/** @param {Line} line @param {string[]} genres @param {boolean} has_several @returns {(string | number)[]} */
function fieldsOf({ name, packed, problem }, genres, has_several) {
  if (!packed) return [name, "", "", "", "", ...(has_several ? [""] : []), ...genres.map(() => ""), problem];
  const { genre, confidence, unsure, probabilities } = packed.verdict;
  const heard = packed.verdict.genres ?? (unsure ? [] : [genre]);
  const shares = genres.map((known) => probabilities[known] ?? "");
  const told = [genre, confidence, String(unsure), ...(has_several ? [namesInOne(heard)] : [])];
  return [name, packed.duration_s, ...told, ...shares, problem];
}
