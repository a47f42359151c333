/** The genre lanes of `ui/lanes.js` as vectors: one group a genre, with a bar a second in it. */

import { colourPlaces } from "../ui/colours.js";
import { pooled } from "./pooled.js";
import { short, svgElement } from "./svg-element.js";

/**
 * @typedef {import("./chart-layout.js").Layout} Layout
 * @typedef {import("./chart-theme.js").Theme} Theme
 * @typedef {import("./analysis-json.js").Prediction} Prediction
 *
 * @typedef {object} Bar
 * @property {number} x
 * @property {number} width
 * @property {number} share
 * @property {"leading" | "following" | "unsure"} kind
 */

const GAP_PX = 6;
const HAIRLINE_PX = 1;
const PALE = 0.45;
const HATCHING_OPACITY = 0.7;

/**
 * @param {Layout} layout
 * @param {Prediction} analysis
 * @param {Theme} theme
 * @param {string} hatching address of the pattern for what is unsure
 * @returns {SVGElement}
 */
export function svgLanes({ plot, lane }, { genres, probabilities, unsure }, theme, hatching) {
  // A bar of less than a pixel's width only makes the file large.
  const n = Math.ceil(probabilities.length / plot.width);
  const known = pooled(probabilities, unsure, n);
  const column_width = (n * plot.width) / probabilities.length;
  const end = plot.x + plot.width;
  const places = colourPlaces(genres);
  const columns = known.rows.map((shares, k) => {
    const x = plot.x + k * column_width;
    return { x, width: Math.min(end, x + column_width) - x, shares, is_unsure: known.unsure[k], top: topOf(shares) };
  });
  const lanes = genres.map((genre, i) => {
    const bars = columns.map(({ x, width, shares, is_unsure, top }) => {
      return { x, width, share: shares[i], kind: kindOf(is_unsure, top === i) };
    });
    return svgLane(genre, bars, plot.y + (i + 0.5) * lane, lane, theme, theme.genre(places[i]));
  });
  return svgElement("g", {}, ...lanes, svgHatching(columns, plot, hatching));
}

/** @param {number[]} shares */
const topOf = (shares) => shares.indexOf(Math.max(...shares));

/** @param {boolean} is_unsure @param {boolean} is_top @returns {Bar["kind"]} */
const kindOf = (is_unsure, is_top) => (is_unsure ? "unsure" : is_top ? "leading" : "following");

/**
 * @param {string} genre @param {Bar[]} bars @param {number} middle_y @param {number} lane
 * @param {Theme} theme @param {string} colour
 */
function svgLane(genre, bars, middle_y, lane, theme, colour) {
  const path = (/** @type {Bar["kind"]} */ kind, /** @type {string} */ fill, /** @type {number} */ opacity) => {
    const d = bars.filter((bar) => bar.kind === kind).map((bar) => outline(bar, middle_y, lane));
    return d.length > 0 ? [svgElement("path", { fill, "fill-opacity": opacity, d: d.join("") })] : [];
  };
  const named = [...path("leading", colour, 1), ...path("following", colour, PALE)];
  const paths = [...named, ...path("unsure", theme.soft, PALE)];
  return svgElement("g", {}, svgElement("title", {}, genre), ...paths);
}

/** As thick as the genre is probable. @param {Bar} bar @param {number} middle_y @param {number} lane */
function outline({ x, width, share }, middle_y, lane) {
  const thickness = Math.max(HAIRLINE_PX, share * (lane - GAP_PX));
  return `M${short(x)} ${short(middle_y - thickness / 2)}h${short(width)}v${short(thickness)}h${short(-width)}z`;
}

/**
 * @param {{x: number, width: number, is_unsure: boolean}[]} columns
 * @param {Layout["plot"]} plot
 * @param {string} hatching
 */
function svgHatching(columns, plot, hatching) {
  const d = columns
    .filter(({ is_unsure }) => is_unsure)
    .map(({ x, width }) => `M${short(x)} ${short(plot.y)}h${short(width)}v${short(plot.height)}h${short(-width)}z`);
  return svgElement("path", { fill: hatching, "fill-opacity": HATCHING_OPACITY, d: d.join("") });
}
