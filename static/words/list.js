/** The list of songs. */

import { CHOOSE_AUDIO } from "./errors.js";
import { count, counted, percent } from "./numbers.js";

/** @param {number} n */
export const songsInWords = (n) => counted(n, "song");

/**
 * How far the list of songs is.
 * @param {{n_done: number, n_failed: number, n_waiting: number, n_listening: number, is_paused: boolean}} list
 */
export const listInWords = ({ n_done, n_failed, n_waiting, n_listening, is_paused }) => {
  const parts = [`${count(n_done)} heard`];
  if (n_failed > 0) parts.push(`${count(n_failed)} failed`);
  if (n_listening + n_waiting > 0) parts.push(`${count(n_listening + n_waiting)} to go`);
  return parts.join(", ") + (is_paused ? ". Paused" : "");
};

/** @param {number} n files that are no songs */
export const skippedInWords = (n) =>
  n === 0 ? "" : `${counted(n, "other file")} ${n === 1 ? "was" : "were"} passed over, being no audio.`;

/** @param {number} n_songs @param {number} n_skipped */
export const addedInWords = (n_songs, n_skipped) =>
  `${songsInWords(n_songs)} added. ${skippedInWords(n_skipped)}`.trim();

/** @param {number} n_files */
export const noSongsAmong = (n_files) =>
  n_files === 0
    ? "There are no files in this folder. Choose one with songs in it."
    : `None of these ${counted(n_files, "file")} is a song. ${CHOOSE_AUDIO}`;

export const LOOKING_THROUGH = "Looking through the folder …";
export const PAUSE = "Pause";
export const RESUME = "Go on";
export const PAUSED = "Paused.";
export const CSV_FILE_NAME = "genrescope songs.csv";

/** @type {Record<string, (fraction: number) => string>} */
const SONG_STATES = {
  waiting: () => "waiting",
  listening: (fraction) => `listening ${percent(fraction)}`,
  done: () => "heard",
  failed: () => "failed",
};

/** @param {string} state @param {number} fraction heard so far */
export const songState = (state, fraction) => SONG_STATES[state](fraction);

/** @param {string} title */
export const removeSong = (title) => `Take ${title} off the list`;

/** @param {string} column its heading @param {string} direction "ascending", "descending" or "none" */
export const sortedBy = (column, direction) =>
  direction === "none" ? "In the order in which they came." : `Sorted by ${column.toLowerCase()}, ${direction}.`;

/** @param {{n_done: number, n_failed: number}} list */
export const allHeard = ({ n_done, n_failed }) =>
  `All songs heard: ${count(n_done)}${n_failed > 0 ? `, and ${count(n_failed)} failed` : ""}.`;
