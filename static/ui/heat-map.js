/**
 * Painting of the heat map: one row of cells a genre, one column a second, each cell as dense as the genre is probable.
 * Pure but for the canvas it is given: sizes are in device pixels.
 */

import { columnsOf, hatch } from "./columns.js";

/** Doubts are seen better when small shares are a bit denser than they are likely. */
const DENSITY_EXPONENT = 0.8;
/** Below this density nothing is seen on any paper, and nothing is painted. */
const LEAST_DENSITY = 0.02;

/**
 * What is unsure has no genre's colour, and is hatched.
 * @type {import("./columns.js").Painter}
 */
export function paintHeatMap(context, known, from, n_columns, style) {
  const { width, height } = context.canvas;
  const columns = columnsOf(known, from, n_columns, width, style.thresholds);
  context.clearRect(columns[0]?.x ?? width, 0, width, height);
  style.colours.forEach((colour, genre) => paintCells(context, columns, genre, colour, style));
  hatch(context, columns.filter(({ is_unsure }) => is_unsure), style);
}

/**
 * @param {import("./columns.js").PaintContext} context
 * @param {import("./columns.js").Column[]} columns
 * @param {number} genre
 * @param {string} colour
 * @param {import("./columns.js").PaintStyle} style
 */
function paintCells(context, columns, genre, colour, { colours, neutral, gap, hairline }) {
  const lane = context.canvas.height / colours.length;
  const [top, bottom] = [Math.round(genre * lane), Math.round((genre + 1) * lane)];
  const height = bottom - top - Math.min(gap, hairline);
  for (const { x, width, shares, is_unsure } of columns) {
    const density = shares[genre] ** DENSITY_EXPONENT;
    if (density < LEAST_DENSITY) continue;
    context.fillStyle = is_unsure ? neutral : colour;
    context.globalAlpha = density;
    context.fillRect(x, top, width, height);
  }
}
