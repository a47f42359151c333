/**
 * Painting of the genre lanes: one lane a genre, one column a second, each column as thick as the genre is probable.
 * Pure but for the canvas it is given: sizes are in device pixels.
 */

/**
 * @typedef {object} LaneStyle
 * @property {string[]} colours one a genre
 * @property {number} gap between lanes
 * @property {number} hairline the least thickness, so that a lane never looks missing
 * @property {string} neutral the colour of no genre, for what is unsure
 * @property {CanvasPattern} hatching
 *
 * @typedef {object} Column
 * @property {number} x
 * @property {number} width
 * @property {number[]} shares
 * @property {number} leader the genre that stands out
 */

const FOLLOWER_ALPHA = 0.45;
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
 * The leading genre of each column stands out; the others are paler. Where the network is unsure none does, and no
 * lane has its genre's colour: hatching says so to whoever sees no colours.
 * @param {CanvasRenderingContext2D} context
 * @param {{rows: number[][], unsure: boolean[]}} known rows [known rows, n_genres], and which of them are unsure
 * @param {number} from first row to paint; those before it are there already
 * @param {number} n_columns rows across the whole width
 * @param {LaneStyle} style
 */
export function paintLanes(context, { rows, unsure }, from, n_columns, style) {
  const { width, height } = context.canvas;
  /** @type {Column[]} */
  const clear = [];
  /** @type {Column[]} */
  const vague = [];
  for (const { x, width: w, first, end } of pixelColumns(from, rows.length, n_columns, width)) {
    const shares = meanRow(rows, first, end);
    if (areMostlyUnsure(unsure, first, end)) vague.push({ x, width: w, shares, leader: -1 });
    else clear.push({ x, width: w, shares, leader: shares.indexOf(Math.max(...shares)) });
  }
  // A column of several rows may have been painted before its last row was known.
  const painted_from = Math.min(clear[0]?.x ?? width, vague[0]?.x ?? width);
  context.clearRect(painted_from, 0, width, height);
  paintBars(context, clear, style.colours, style);
  paintBars(context, vague, style.colours.map(() => style.neutral), style);
  hatch(context, vague, style);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Column[]} columns
 * @param {string[]} colours one a genre
 * @param {LaneStyle} style
 */
function paintBars(context, columns, colours, { gap, hairline }) {
  const lane = context.canvas.height / colours.length;
  colours.forEach((colour, genre) => {
    const middle = (genre + 0.5) * lane;
    context.fillStyle = colour;
    for (const { x, width, shares, leader } of columns) {
      const thickness = Math.max(hairline, shares[genre] * (lane - gap));
      context.globalAlpha = genre === leader ? 1 : FOLLOWER_ALPHA;
      context.fillRect(x, middle - thickness / 2, width, thickness);
    }
  });
}

/**
 * Lines that lie where they would lie if the whole chart were hatched, so that columns painted one by one join.
 * @param {CanvasRenderingContext2D} context
 * @param {Column[]} columns by rising x
 * @param {LaneStyle} style
 */
function hatch(context, columns, { hatching }) {
  context.fillStyle = hatching;
  context.globalAlpha = HATCHING_ALPHA;
  for (const { x, width } of joined(columns)) context.fillRect(x, 0, width, context.canvas.height);
}

/**
 * Each strip of a pattern has its price: a long mix that is unsure all along takes Chromium 55 ms instead of 15 when
 * its columns are filled one by one.
 * @param {Column[]} columns by rising x
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
