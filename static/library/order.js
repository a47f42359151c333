/** In which order the table shows the songs. */

/**
 * @typedef {import("./song.js").Song} Song
 * @typedef {"number" | "title" | "verdict" | "confidence" | "duration" | "state"} Column
 * @typedef {"ascending" | "descending" | "none"} Direction none: as they came
 */

const names = new Intl.Collator(undefined, { numeric: true });
const STATES = ["listening", "waiting", "failed", "done"];

/** @type {Record<Column, (song: Song) => number | string | null>} null: not known, and last in any direction */
const KEYS = {
  number: ({ number }) => number,
  title: ({ title }) => title,
  verdict: ({ verdict }) => verdict && `${verdict.unsure ? 1 : 0} ${verdict.genre}`, // what is unsure after what is not
  confidence: ({ verdict }) => verdict && verdict.confidence,
  duration: ({ packed }) => packed && packed.duration_s,
  state: ({ state }) => STATES.indexOf(state),
};

/** What a song's being heard does not change. */
const FIXED = new Set(["number", "title"]);

/** @param {Column} column @returns {boolean} whether songs change their places while they are heard */
export const isMoving = (column) => !FIXED.has(column);

/** @param {number | string} a @param {number | string} b */
const compare = (a, b) =>
  typeof a === "number" && typeof b === "number" ? a - b : names.compare(String(a), String(b));

/**
 * @param {Song[]} songs
 * @param {Column} column
 * @param {Direction} direction
 * @returns {Song[]} a new list; equals stay as they came
 */
export function ordered(songs, column, direction) {
  if (direction === "none") return [...songs];
  const sign = direction === "ascending" ? 1 : -1;
  const keyed = songs.map((song) => ({ song, key: KEYS[column](song) }));
  keyed.sort((a, b) => {
    if (a.key === null || b.key === null) return Number(a.key === null) - Number(b.key === null);
    return sign * compare(a.key, b.key);
  });
  return keyed.map(({ song }) => song);
}

/** @param {Direction} direction @returns {Direction} that the next press of a heading gives */
export const nextDirection = (direction) =>
  direction === "none" ? "ascending" : direction === "ascending" ? "descending" : "none";
