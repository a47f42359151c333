/** What sets a unit's picture apart from those of its layer's other units, to be marked and said in words. Pure. */

import { toldOf } from "../explain/marks.js";
import { roundHz } from "../explain/mel-bands.js";

/** So much louder or softer, dB, is marked as strongly as can be; what is less than FAINTEST of that is not. */
const CLEARLY_DB = 16;
const FAINTEST = 0.15;
/** What reaches so near to the lowest or the highest cell goes on to there, in words. */
const END_CELLS = 2;

/** @typedef {[low: number | null, high: number | null]} Hz null: from the lowest on, or up to the highest */

/**
 * @param {Uint8Array[]} pictures of a layer, of one size: 0 to 255 for range_db
 * @param {number} i which of them
 * @param {number} range_db
 * @returns {Float32Array} a mark a cell: 1 where it is clearly louder than the mean of all, -1 where softer
 */
export function setApart(pictures, i, range_db) {
  const full = (255 * CLEARLY_DB) / range_db;
  return Float32Array.from(pictures[i], (cell, at) => {
    const mean = pictures.reduce((sum, picture) => sum + picture[at], 0) / pictures.length;
    const mark = Math.max(-1, Math.min(1, (cell - mean) / full));
    return Math.abs(mark) < FAINTEST ? 0 : mark;
  });
}

/**
 * @param {Float32Array} marks [n_columns, n_cells]
 * @param {number} n_cells
 * @param {number[]} band_centres_hz of the mel bands, evenly among the cells
 * @returns {{louder: Hz[], softer: Hz[]}} the clearest first
 */
export function toldOfMarks(marks, n_cells, band_centres_hz) {
  const bands_a_cell = band_centres_hz.length / n_cells;
  const edge = (/** @type {number} */ cell) => roundHz(band_centres_hz[Math.round(cell * bands_a_cell)]);
  /** @param {[number, number]} run @returns {Hz} */
  const hz = ([first, end]) => [
    first < END_CELLS ? null : edge(first),
    end > n_cells - END_CELLS ? null : edge(end),
  ];
  const told = toldOf(marks, n_cells);
  return { louder: told.for.map(hz), softer: told.against.map(hz) };
}
