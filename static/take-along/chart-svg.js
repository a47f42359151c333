/** The chart as an SVG: real vectors, text as text, with a title and a description for whoever cannot see it. */

import * as say from "../messages.js";
import { colourPlaces } from "../ui/colours.js";
import { topGenres } from "../ui/genre-list.js";
import { layOut } from "./chart-layout.js";
import { measureWith } from "./chart-png.js";
import { pageTheme } from "./chart-theme.js";
import { plainText } from "./plain-text.js";
import { svgElement } from "./svg-element.js";
import { svgPlot } from "./svg-plot.js";

/**
 * @typedef {import("./chart-layout.js").Layout} Layout
 * @typedef {import("./chart-theme.js").Theme} Theme
 * @typedef {import("./link-format.js").TitledAnalysis} TitledAnalysis
 * @typedef {import("./takings.js").Look} Look
 */

const HATCHING_PX = 8;
const MAX_TITLE_LENGTH = 500;
const DESCRIBED_GENRES = 6;

/** Sound has too many tones for vectors. @param {TitledAnalysis} song @param {Look} look @returns {Blob} */
export function chartSvg({ title, analysis }, { picture }) {
  const song = { title: plainText(title, MAX_TITLE_LENGTH), analysis }; // XML knows no control characters
  const theme = pageTheme();
  const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  const layout = layOut(song, { picture, has_sound: false }, measureWith(context, theme));
  const { width, height } = layout;
  const svg = svgElement(
    "svg",
    { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-labelledby": "title description" },
    svgElement("title", { id: "title" }, say.pictureTitle(song.title)),
    svgElement("desc", { id: "description" }, inWords(analysis, picture)),
    svgElement("defs", {}, hatchingPattern(theme)),
    svgElement("rect", { width, height, fill: theme.paper }),
    ...layout.lines.map((line) => svgElement("rect", { ...line, fill: theme.line })),
    ...keys(layout, analysis.genres, theme),
    svgPlot(layout, analysis, theme, "url(#unsure)"),
    ...swatch(layout, theme),
    svgElement("g", { "font-family": theme.font }, ...layout.labels.map((label) => svgText(label, theme))),
  );
  const xml = new XMLSerializer().serializeToString(svg);
  return new Blob([`<?xml version="1.0" encoding="UTF-8"?>\n${xml}\n`], { type: "image/svg+xml" });
}

/** @param {TitledAnalysis["analysis"]} analysis @param {string} picture */
function inWords({ verdict, genres, duration_s }, picture) {
  return say.pictureInWords(verdict, topGenres(verdict.probabilities, DESCRIBED_GENRES), genres, duration_s, picture);
}

/** The same lines as the page's, from corner to corner. @param {Theme} theme */
function hatchingPattern({ soft }) {
  const size = { width: HATCHING_PX, height: HATCHING_PX };
  const [half, whole] = [HATCHING_PX / 2, HATCHING_PX];
  // The one through the middle, and what its neighbours leave in the corners.
  const d = `M0 ${whole}L${whole} 0M${-half} ${half}L${half} ${-half}M${half} ${whole + half}L${whole + half} ${half}`;
  const lines = svgElement("path", { d, stroke: soft, "stroke-width": 1 });
  return svgElement("pattern", { id: "unsure", patternUnits: "userSpaceOnUse", ...size }, lines);
}

/** @param {Layout} layout @param {string[]} genres @param {Theme} theme */
function keys({ keys: boxes }, genres, theme) {
  const places = colourPlaces(genres);
  return boxes.map(({ genre, ...box }) => svgElement("rect", { ...box, fill: theme.genre(places[genre]) }));
}

/** @param {Layout} layout @param {Theme} theme */
function swatch({ swatch: box }, { soft }) {
  return box ? [svgElement("rect", { ...box, fill: "url(#unsure)", stroke: soft, "stroke-width": 1 })] : [];
}

/** @param {Layout["labels"][number]} label @param {Theme} theme */
function svgText({ text, x, y, size_px, weight, colour, anchor }, theme) {
  const look = { "font-size": size_px, "font-weight": weight, fill: theme[colour], "text-anchor": anchor };
  return svgElement("text", { x, y, ...look }, text);
}
