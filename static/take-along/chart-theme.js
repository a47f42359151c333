/** The page's own colours and typeface, light or dark as it is now, for pictures of its chart. */

import { genreColour } from "../ui/colours.js";

/**
 * @typedef {object} Theme colours as #rrggbb, which every program reads
 * @property {string} paper
 * @property {string} ink
 * @property {string} soft smaller print, and what has no genre's colour
 * @property {string} line
 * @property {string} font CSS font-family
 * @property {(genre: number) => string} genre the colour of a genre, by its place
 */

/** @returns {Theme} */
export function pageTheme() {
  const style = getComputedStyle(document.documentElement);
  const hex = hexColours();
  const colour = (/** @type {string} */ name) => hex(style.getPropertyValue(name).trim());
  const is_dark = matchMedia("(prefers-color-scheme: dark)").matches;
  return {
    paper: colour("--paper"),
    ink: colour("--ink"),
    soft: colour("--soft"),
    line: colour("--line"),
    font: style.fontFamily,
    genre: (place) => hex(genreColour(place, is_dark)),
  };
}

/** @returns {(colour: string) => string} any opaque CSS colour as #rrggbb: a canvas tells it so */
function hexColours() {
  const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  return (colour) => {
    context.fillStyle = colour;
    return context.fillStyle;
  };
}
