/**
 * Painting of the stacked areas: each second's shares one upon the other, in the genres' order from the top, together as
 * high as the chart. Pure but for the canvas it is given: sizes are in device pixels.
 */

import { columnsOf, hatch, joined } from "./columns.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {import("./columns.js").PaintStyle} PaintStyle */
/** @typedef {{x: number, edges: number[]}} Knot where all edges between areas bend; edges [n_genres + 1], 0 to 1 */

const UNSURE_ALPHA = 0.4;

/**
 * Edges run from the middle of one column to the middle of the next, so what is known so far ends in a flat half
 * column, which the next rows paint over. What is unsure has no genre's colour, and is hatched.
 * @type {import("./columns.js").Painter}
 */
export function paintStackedArea(context, known, from, n_columns, style) {
  const { width, height } = context.canvas;
  // In a long mix the column before may have been painted before its last row was known.
  const n_before = n_columns > width ? 1 + Math.ceil(n_columns / width) : 1;
  const columns = columnsOf(known, Math.max(0, from - n_before), n_columns, width);
  if (columns.length === 0) return;
  const knots = knotsOf(columns);
  const vague = columns.filter(({ is_unsure }) => is_unsure);
  context.save();
  clipTo(context, [{ x: knots[0].x, width }]);
  context.clearRect(0, 0, width, height);
  context.globalAlpha = 1;
  fillAreas(context, knots, style.colours, style.hairline);
  if (vague.length > 0) paintVague(context, vague, knots, style);
  context.restore();
}

/** @param {Column[]} columns of which the first one's left half is there already, but at the very start */
function knotsOf(columns) {
  /** @type {Knot[]} */
  const knots = columns.map(({ x, width, shares }) => ({ x: Math.floor(x + width / 2), edges: edgesOf(shares) }));
  const last = columns[columns.length - 1];
  if (columns[0].x === 0) knots.unshift({ x: columns[0].x, edges: knots[0].edges });
  knots.push({ x: last.x + last.width, edges: knots[knots.length - 1].edges });
  return knots;
}

/** @param {number[]} shares */
function edgesOf(shares) {
  const edges = [0];
  for (const share of shares) edges.push(edges[edges.length - 1] + share);
  const whole = edges[edges.length - 1];
  return edges.map((edge) => edge / whole); // rounded shares do not quite make a whole
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Knot[]} knots
 * @param {string[]} colours
 * @param {number} hairline what parts one area from the next: colours alone do not for everyone
 */
function fillAreas(context, knots, colours, hairline) {
  const { height } = context.canvas;
  colours.forEach((colour, genre) => {
    context.beginPath();
    for (const { x, edges } of knots) context.lineTo(x, edges[genre] * height);
    for (const { x, edges } of knots.toReversed()) context.lineTo(x, edges[genre + 1] * height);
    context.fillStyle = colour;
    context.fill();
  });
  context.save();
  context.globalCompositeOperation = "destination-out";
  context.globalAlpha = 1;
  context.lineWidth = hairline;
  context.beginPath();
  for (let edge = 1; edge < colours.length; edge += 1) {
    knots.forEach(({ x, edges }, i) => context[i === 0 ? "moveTo" : "lineTo"](x, edges[edge] * height));
  }
  context.stroke();
  context.restore();
}

/** @param {CanvasRenderingContext2D} context @param {Column[]} vague @param {Knot[]} knots @param {PaintStyle} style */
function paintVague(context, vague, knots, style) {
  const { width, height } = context.canvas;
  context.save();
  clipTo(context, joined(vague));
  context.clearRect(0, 0, width, height);
  context.globalAlpha = UNSURE_ALPHA;
  fillAreas(context, knots, style.colours.map(() => style.neutral), style.hairline);
  context.restore();
  hatch(context, vague, style);
}

/** @param {CanvasRenderingContext2D} context @param {{x: number, width: number}[]} strips */
function clipTo(context, strips) {
  context.beginPath();
  for (const { x, width } of strips) context.rect(x, 0, width, context.canvas.height);
  context.clip();
}
