/**
 * Painting of the genre lanes: one lane a genre, one column a second, each column as thick as the genre is probable.
 * Pure but for the canvas it is given: sizes are in device pixels.
 */

/**
 * @typedef {object} LaneStyle
 * @property {string[]} colours one a genre
 * @property {number} gap between lanes
 * @property {number} hairline the least thickness, so that a lane never looks missing
 */

const FOLLOWER_ALPHA = 0.45;

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
 * The leading genre of each column stands out; the others are paler.
 * @param {CanvasRenderingContext2D} context
 * @param {number[][]} rows [known rows, n_genres]
 * @param {number} from first row to paint; those before it are there already
 * @param {number} n_columns rows across the whole width
 * @param {LaneStyle} style
 */
export function paintLanes(context, rows, from, n_columns, { colours, gap, hairline }) {
  const { width, height } = context.canvas;
  const lane = height / colours.length;
  const columns = Array.from(pixelColumns(from, rows.length, n_columns, width), (column) => {
    const shares = meanRow(rows, column.first, column.end);
    return { ...column, shares, leader: shares.indexOf(Math.max(...shares)) };
  });
  // A column of several rows may have been painted before its last row was known.
  if (columns.length > 0) context.clearRect(columns[0].x, 0, width, height);
  colours.forEach((colour, genre) => {
    const middle = (genre + 0.5) * lane;
    context.fillStyle = colour;
    for (const { x, width: w, shares, leader } of columns) {
      const thickness = Math.max(hairline, shares[genre] * (lane - gap));
      context.globalAlpha = genre === leader ? 1 : FOLLOWER_ALPHA;
      context.fillRect(x, middle - thickness / 2, w, thickness);
    }
  });
}
