/** The chart's plot as vectors, in the picture that is chosen: one group a genre, and one of what is unsure. */

import * as say from "../messages.js";
import { colourPlaces } from "../ui/colours.js";
import { PICTURES } from "../ui/pictures.js";
import { GAP, HAIRLINE } from "./chart-layout.js";
import { pooled } from "./pooled.js";
import { SvgContext } from "./svg-context.js";
import { svgElement } from "./svg-element.js";

/** Units of the painter's a column: its middle is a whole one, too. */
const UNITS = 2;
const [NEUTRAL, HATCHING] = ["neutral", "hatching"];

/** @param {number} genre */
const inkOf = (genre) => `genre ${genre}`;

/**
 * @param {import("./chart-layout.js").Layout} layout
 * @param {import("./analysis-json.js").Prediction} analysis
 * @param {import("./chart-theme.js").Theme} theme
 * @param {string} hatching address of the pattern for what is unsure
 * @returns {SVGElement}
 */
export function svgPlot({ plot, picture }, { genres, probabilities, unsure, thresholds }, theme, hatching) {
  // A column of less than a pixel's width only makes the file large.
  const n = Math.ceil(probabilities.length / plot.width);
  const n_columns = probabilities.length / n; // the last one may be cut off
  const context = new SvgContext(plot, UNITS * n_columns);
  const inks = { colours: genres.map((_, genre) => inkOf(genre)), neutral: NEUTRAL, hatching: HATCHING };
  const sizes = { gap: GAP, hairline: HAIRLINE };
  const known = pooled(probabilities, unsure, n, thresholds);
  PICTURES[picture](context, known, 0, n_columns, { ...inks, ...sizes, thresholds });
  const places = colourPlaces(genres);
  return svgElement(
    "g",
    {},
    ...genres.flatMap((name, genre) => group(name, context.paths(inkOf(genre), theme.genre(places[genre])))),
    ...group(say.UNSURE, [...context.paths(NEUTRAL, theme.soft), ...context.paths(HATCHING, hatching)]),
  );
}

/** @param {string} name @param {SVGElement[]} paths */
const group = (name, paths) => (paths.length > 0 ? [svgElement("g", {}, svgElement("title", {}, name), ...paths)] : []);
