/**
 * Painting of the genre lanes: one lane a genre, one column a second, each column as thick as the genre is probable.
 * Pure but for the canvas it is given: sizes are in device pixels.
 */

import { columnsOf, hatch } from "./columns.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./columns.js").PaintStyle} PaintStyle */

const FOLLOWER_ALPHA = 0.45;
const THRESHOLD_ALPHA = 0.4;
/** Hairlines that a bar must be thick to reach two marks: the least bar would seem to reach nearer ones. */
const LEAST_MARKED = 3;

/**
 * The leading genre of each column stands out; the others are paler. Where several can be heard at once all that are
 * stand out: two hairlines in each lane with room for them mark how thick its bar must be for that. Where the network
 * is unsure none does, and no lane has its genre's colour: hatching says so to whoever sees no colours.
 * @type {import("./columns.js").Painter}
 */
export function paintLanes(context, known, from, n_columns, style) {
  const { width, height } = context.canvas;
  const columns = columnsOf(known, from, n_columns, width, style.thresholds);
  const [clear, vague] = [false, true].map((is_unsure) => columns.filter((column) => column.is_unsure === is_unsure));
  // A column of several rows may have been painted before its last row was known.
  context.clearRect(columns[0]?.x ?? width, 0, width, height);
  paintBars(context, clear, style.colours, style);
  paintBars(context, vague, style.colours.map(() => style.neutral), style);
  if (style.thresholds) markThresholds(context, columns, style.thresholds, style);
  hatch(context, vague, style);
}

/**
 * @param {import("./columns.js").PaintContext} context
 * @param {Column[]} columns
 * @param {string[]} colours one a genre
 * @param {PaintStyle} style
 */
function paintBars(context, columns, colours, { gap, hairline, thresholds }) {
  const lane = context.canvas.height / colours.length;
  const leaders = columns.map(({ shares, is_unsure }) => (is_unsure ? -1 : shares.indexOf(Math.max(...shares))));
  const standsOut = (/** @type {number} */ i, /** @type {number} */ genre) =>
    thresholds ? leaders[i] >= 0 && columns[i].shares[genre] >= thresholds[genre] : leaders[i] === genre;
  colours.forEach((colour, genre) => {
    const middle = (genre + 0.5) * lane;
    context.fillStyle = colour;
    columns.forEach(({ x, width, shares }, i) => {
      const thickness = Math.max(hairline, shares[genre] * (lane - gap));
      context.globalAlpha = standsOut(i, genre) ? 1 : FOLLOWER_ALPHA;
      context.fillRect(x, middle - thickness / 2, width, thickness);
    });
  });
}

/**
 * @param {import("./columns.js").PaintContext} context
 * @param {Column[]} columns by rising x
 * @param {number[]} thresholds one a genre
 * @param {PaintStyle} style
 */
function markThresholds(context, columns, thresholds, { neutral, gap, hairline }) {
  if (columns.length === 0) return;
  const lane = context.canvas.height / thresholds.length;
  const [first, last] = [columns[0], columns[columns.length - 1]];
  context.fillStyle = neutral;
  context.globalAlpha = THRESHOLD_ALPHA;
  thresholds.forEach((threshold, genre) => {
    if (threshold * (lane - gap) < LEAST_MARKED * hairline) return;
    const half = (threshold * (lane - gap)) / 2;
    for (const edge of [-half, half - hairline]) {
      context.fillRect(first.x, (genre + 0.5) * lane + edge, last.x + last.width - first.x, hairline);
    }
  });
}
