/**
 * Columns of a picture of genres over time, common to all such pictures: which rows one of pixels shows, whether it
 * is unsure, and the hatching that says so. Sizes are in device pixels.
 */

import { heardIn } from "../heard.js";
import { roundedAll } from "../rounded.js";

/**
 * @typedef {object} PaintStyle what every picture is painted with
 * @property {string[]} colours one a genre
 * @property {number} gap between lanes
 * @property {number} hairline the least thickness, so that a lane never looks missing
 * @property {string} neutral the colour of no genre, for what is unsure
 * @property {CanvasPattern | string} hatching
 * @property {number[] | null} [thresholds] where several genres can be heard at once: from which share on each is
 *
 * @typedef {{rows: number[][], unsure: boolean[]}} Known rows [known rows, n_genres], and which of them are unsure
 *
 * What painters use of a canvas: another that has it can be painted on, too.
 * @typedef {Pick<CanvasRenderingContext2D, "fillStyle" | "globalAlpha" | "clearRect" | "fillRect" | "beginPath" |
 *     "moveTo" | "lineTo"> & {fill(): void, canvas: {width: number, height: number}}} PaintContext
 *
 * @typedef {(context: PaintContext, known: Known, from: number, n_columns: number, style: PaintStyle) =>
 *     void} Painter pure but for the canvas; from: the first row to paint, those before it are there already;
 *     n_columns: rows across the whole width
 *
 * @typedef {object} Column
 * @property {number} x
 * @property {number} width
 * @property {number[]} shares
 * @property {boolean} is_unsure
 */

const HATCHING_ALPHA = 0.7;

/**
 * Columns of pixels and the rows that each shows: several pixels a row, or, in a long mix, several rows a pixel.
 * @param {number} from first row
 * @param {number} to row after the last
 * @param {number} n_columns rows across the whole width
 * @param {number} width
 * @returns {Generator<{x: number, width: number, first: number, end: number}>}
 */
export function* pixelColumns(from, to, n_columns, width) {
  if (n_columns <= width) {
    for (let row = from; row < to; row += 1) {
      const x = Math.round((row * width) / n_columns);
      yield { x, width: Math.round(((row + 1) * width) / n_columns) - x, first: row, end: row + 1 };
    }
    return;
  }
  const last = Math.min(width, Math.ceil((to * width) / n_columns));
  for (let x = Math.floor((from * width) / n_columns); x < last; x += 1) {
    const first = Math.floor((x * n_columns) / width);
    yield { x, width: 1, first, end: Math.min(to, Math.max(first + 1, Math.floor(((x + 1) * n_columns) / width))) };
  }
}

/**
 * @param {number[][]} rows
 * @param {number} first
 * @param {number} end
 * @returns {number[]} the mean of these rows
 */
function meanRow(rows, first, end) {
  if (end - first === 1) return rows[first];
  const sums = new Array(rows[first].length).fill(0);
  for (let row = first; row < end; row += 1) for (let i = 0; i < sums.length; i += 1) sums[i] += rows[row][i];
  return sums.map((sum) => sum / (end - first));
}

/**
 * @param {boolean[]} unsure
 * @param {number} first
 * @param {number} end
 * @returns {boolean} whether more than half of these rows are
 */
function areMostlyUnsure(unsure, first, end) {
  let n_unsure = 0;
  for (let row = first; row < end; row += 1) if (unsure[row]) n_unsure += 1;
  return 2 * n_unsure > end - first;
}

/**
 * @param {Known} known
 * @param {number} from first row to show
 * @param {number} n_columns rows across the whole width
 * @param {number} width
 * @param {number[] | null} [thresholds] where several genres can be heard at once: then a column of several rows is
 *     unsure where its means reach none of these
 * @returns {Column[]} by rising x
 */
export const columnsOf = ({ rows, unsure }, from, n_columns, width, thresholds) =>
  Array.from(pixelColumns(from, rows.length, n_columns, width), ({ x, width: w, first, end }) => {
    const mean = meanRow(rows, first, end);
    if (!thresholds || end - first === 1) {
      return { x, width: w, shares: mean, is_unsure: areMostlyUnsure(unsure, first, end) };
    }
    const shares = roundedAll(mean); // as thresholds are: 0.35 three times is 0.3499… on average
    return { x, width: w, shares, is_unsure: heardIn(shares, thresholds).length === 0 };
  });

/**
 * Lines that lie where they would lie if the whole chart were hatched, so that columns painted one by one join.
 * @param {PaintContext} context
 * @param {{x: number, width: number}[]} columns by rising x
 * @param {PaintStyle} style
 */
export function hatch(context, columns, { hatching }) {
  context.fillStyle = hatching;
  context.globalAlpha = HATCHING_ALPHA;
  for (const { x, width } of joined(columns)) context.fillRect(x, 0, width, context.canvas.height);
}

/**
 * Each strip of a pattern has its price: a long mix that is unsure all along takes Chromium 55 ms instead of 15 when
 * its columns are filled one by one.
 * @param {{x: number, width: number}[]} columns by rising x
 * @returns {{x: number, width: number}[]} those that touch as one
 */
function joined(columns) {
  /** @type {{x: number, width: number}[]} */
  const strips = [];
  for (const { x, width } of columns) {
    const last = strips[strips.length - 1];
    if (last && last.x + last.width === x) last.width += width;
    else strips.push({ x, width });
  }
  return strips;
}

/**
 * Diagonal lines, to be filled with.
 * @param {string} colour
 * @param {number} distance from one line to the next along an edge, whole pixels
 * @param {number} thickness
 * @returns {CanvasPattern}
 */
export function hatchingPattern(colour, distance, thickness) {
  const tile = Object.assign(document.createElement("canvas"), { width: distance, height: distance });
  const context = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  context.strokeStyle = colour;
  context.lineWidth = thickness;
  // The one through the tile's middle, and what its neighbours' lines leave in the corners.
  for (const x of [0, distance, 2 * distance]) {
    context.moveTo(x + distance, -distance);
    context.lineTo(x - distance, distance);
  }
  context.stroke();
  return /** @type {CanvasPattern} */ (context.createPattern(tile, "repeat"));
}
