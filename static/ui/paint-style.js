/** What the chart is painted with: colours as the page has them now, sizes as its canvas has them. */

import { colourPlaces, genreColour } from "./colours.js";
import { hatchingPattern } from "./columns.js";

const MOST_GAP_PX = 6;
const GAP_SHARE = 0.15;
const HATCHING_PX = 8;

/**
 * @param {HTMLCanvasElement} canvas of which the text colour is the colour of no genre
 * @param {string[]} genres
 * @param {boolean} on_dark
 * @param {number[] | null} [thresholds] where several genres can be heard at once
 * @returns {import("./columns.js").PaintStyle}
 */
export function paintStyle(canvas, genres, on_dark, thresholds = null) {
  const ratio = devicePixelRatio;
  const neutral = getComputedStyle(canvas).color;
  const hairline = Math.max(1, ratio);
  const lane_px = (canvas.parentElement?.clientHeight ?? 0) / Math.max(1, genres.length);
  return {
    colours: colourPlaces(genres).map((place) => genreColour(place, on_dark)),
    neutral,
    hatching: hatchingPattern(neutral, Math.round(HATCHING_PX * ratio), hairline),
    gap: Math.min(MOST_GAP_PX, GAP_SHARE * lane_px) * ratio,
    hairline,
    thresholds,
  };
}
