/** Painting of what the network makes of the picture: its detectors' answers, and the chart around a second. Pure. */

import { colourPlaces, genreColour } from "../ui/colours.js";
import { frame, paintMap } from "./sound-pictures.js";

/** @typedef {import("./canvas.js").Painter} Painter */

/** Small shares are a bit denser than they are likely: as in the page's heat map. */
const DENSITY_EXPONENT = 0.8;

/** @param {Float32Array} map [n_times, n_heights] @param {number} n_times @returns {Painter} */
export const paintAnswers = (map, n_times) => (context, { ink }) => {
  const most = map.reduce((a, b) => Math.max(a, b), 1e-9);
  paintMap(context, map.map((value) => value / most), n_times, ink);
};

/**
 * @param {number[][]} rows of the chart
 * @param {number} marked which of them is framed
 * @param {string[]} genres
 * @returns {Painter} a column a row, a lane a genre, each cell as dense as the genre is likely
 */
export const paintColumns = (rows, marked, genres) => (context, ink) => {
  const { width, height } = context.canvas;
  const [column, lane] = [width / rows.length, height / genres.length];
  const colours = colourPlaces(genres).map((place) => genreColour(place, ink.on_dark));
  rows.forEach((row, i) =>
    row.forEach((share, genre) => {
      context.globalAlpha = share ** DENSITY_EXPONENT;
      context.fillStyle = colours[genre];
      context.fillRect(i * column, genre * lane, column - ink.px, lane - ink.px);
    }),
  );
  context.globalAlpha = 1;
  frame(context, marked * column - ink.px, column + ink.px, ink);
};
