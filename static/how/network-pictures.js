/** Painting of what the network makes of the picture: its detectors' answers, and the chart around a second. Pure. */

import { colourPlaces, genreColour } from "../ui/colours.js";
import { frame, paintMap } from "./sound-pictures.js";

/** @typedef {import("./canvas.js").Painter} Painter */

/** Small shares are a bit denser than they are likely: as in the page's heat map. */
const DENSITY_EXPONENT = 0.8;
const NAME_PX = 12;
/** Lower ones have no room for a name. */
const LEAST_LANE_PX = 12;
/** Of the picture's width. */
const MOST_NAMES_SHARE = 0.3;

/** @param {Float32Array} map [n_times, n_heights], 0 to 1 @param {number} n_times @returns {Painter} */
export const paintAnswers = (map, n_times) => (context, { ink }) => paintMap(context, map, n_times, ink);

/**
 * @param {number[][]} rows of the chart
 * @param {number} marked which of them is framed
 * @param {string[]} genres
 * @returns {Painter} a column a row, a lane a genre, named where there is room, each cell as dense as it is likely
 */
export const paintColumns = (rows, marked, genres) => (context, ink) => {
  const { width, height } = context.canvas;
  const lane = height / genres.length;
  const left = lane >= LEAST_LANE_PX * ink.px ? paintNames(context, genres, lane, ink) : 0;
  const column = (width - left) / rows.length;
  const colours = colourPlaces(genres).map((place) => genreColour(place, ink.on_dark));
  rows.forEach((row, i) =>
    row.forEach((share, genre) => {
      context.globalAlpha = share ** DENSITY_EXPONENT;
      context.fillStyle = colours[genre];
      context.fillRect(left + i * column, genre * lane, column - ink.px, lane - ink.px);
    }),
  );
  context.globalAlpha = 1;
  frame(context, left + marked * column - ink.px, column + ink.px, ink);
};

/**
 * @param {CanvasRenderingContext2D} context @param {string[]} genres @param {number} lane
 * @param {import("./canvas.js").Ink} ink
 * @returns {number} how wide they are
 */
function paintNames(context, genres, lane, { ink, px }) {
  const most = MOST_NAMES_SHARE * context.canvas.width;
  context.font = `${NAME_PX * px}px system-ui, sans-serif`;
  context.textBaseline = "middle";
  context.fillStyle = ink;
  const widths = genres.map((name) => Math.min(most, context.measureText(name).width));
  genres.forEach((name, genre) => context.fillText(name, 0, (genre + 0.5) * lane, most));
  return Math.max(...widths) + NAME_PX * px;
}
