/**
 * Painting of stacked areas: each second's shares one upon the other, in the genres' order from the top, together as
 * high as the chart. Where several genres can be heard at once, those that are share the height in proportion: what is
 * not heard, however many genres there are, takes nothing of it. Pure but for the canvas it is given: sizes are in
 * device pixels.
 */

import { columnsOf, hatch } from "./columns.js";

/** @typedef {import("./columns.js").Column} Column */
/** @typedef {{x: number, edges: number[]}} Knot where all edges between areas bend; edges [n_genres + 1], 0 to 1 */
/** @typedef {{is_unsure: boolean, knots: Knot[]}} Run of columns that are all unsure, or none of them */

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
  const known_columns = columnsOf(known, Math.max(0, from - n_before), n_columns, width, style.thresholds);
  const columns = known_columns.map(heardOnly(style.thresholds));
  if (columns.length === 0) return;
  const runs = runsOf(columns);
  const left = runs[0].knots[0].x;
  context.clearRect(left, 0, width, height);
  const [clear, vague] = [false, true].map((is_unsure) => runs.filter((run) => run.is_unsure === is_unsure));
  context.globalAlpha = 1;
  fillAreas(context, clear, style.colours, style.hairline);
  context.globalAlpha = UNSURE_ALPHA;
  fillAreas(context, vague, style.colours.map(() => style.neutral), style.hairline);
  hatch(context, vague.map(stripOf), style);
}

/**
 * @param {number[] | null | undefined} thresholds
 * @returns {(column: Column) => Column} as it is where none is heard
 */
const heardOnly = (thresholds) => (column) => {
  const heard = thresholds ? column.shares.map((share, genre) => (share >= thresholds[genre] ? share : 0)) : [];
  return heard.some((share) => share > 0) ? { ...column, shares: heard } : column;
};

/** @param {Run} run @returns {{x: number, width: number}} */
function stripOf({ knots }) {
  const x = knots[0].x;
  return { x, width: knots[knots.length - 1].x - x };
}

/** @param {Column[]} columns of which the first one's left half is there already, but at the very start */
function runsOf(columns) {
  const middles = columns.map(({ x, width, shares }) => ({ x: Math.floor(x + width / 2), edges: edgesOf(shares) }));
  /** @type {Run[]} */
  const runs = [{ is_unsure: columns[0].is_unsure, knots: [] }];
  if (columns[0].x === 0) runs[0].knots.push({ x: 0, edges: middles[0].edges });
  columns.forEach(({ x, is_unsure }, i) => {
    const last = runs[runs.length - 1];
    if (last.is_unsure !== is_unsure) {
      const border = between(middles[i - 1], middles[i], x);
      last.knots.push(border);
      runs.push({ is_unsure, knots: [border] });
    }
    runs[runs.length - 1].knots.push(middles[i]);
  });
  const end = columns[columns.length - 1];
  runs[runs.length - 1].knots.push({ x: end.x + end.width, edges: middles[middles.length - 1].edges });
  return runs;
}

/** @param {Knot} a @param {Knot} b @param {number} x @returns {Knot} on the edges from one to the other */
function between(a, b, x) {
  const share = Math.min(1, Math.max(0, (x - a.x) / Math.max(1, b.x - a.x)));
  return { x, edges: a.edges.map((edge, i) => edge + share * (b.edges[i] - edge)) };
}

/** @param {number[]} shares */
function edgesOf(shares) {
  const edges = [0];
  for (const share of shares) edges.push(edges[edges.length - 1] + share);
  const whole = edges[edges.length - 1]; // rounded shares do not quite make one; those of several at once may be none
  return edges.map((edge, i) => (whole > 0 ? edge / whole : i / shares.length));
}

/**
 * @param {import("./columns.js").PaintContext} context
 * @param {Run[]} runs
 * @param {string[]} colours
 * @param {number} hairline of paper between one area and the next: colours alone do not part them for everyone
 */
function fillAreas(context, runs, colours, hairline) {
  const { height } = context.canvas;
  colours.forEach((colour, genre) => {
    const drop = genre === 0 ? 0 : hairline; // below the area before it
    context.beginPath();
    for (const { knots } of runs) {
      const top = knots.map(({ edges }) => Math.min(edges[genre] * height + drop, edges[genre + 1] * height));
      knots.forEach(({ x }, i) => (i === 0 ? context.moveTo(x, top[0]) : context.lineTo(x, top[i])));
      for (let i = knots.length - 1; i >= 0; i -= 1) context.lineTo(knots[i].x, knots[i].edges[genre + 1] * height);
    }
    context.fillStyle = colour;
    context.fill();
  });
}
