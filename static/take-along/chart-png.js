/** The chart as a PNG, at twice the pixels of its layout so that it stays sharp where screens are. */

import { colourPlaces } from "../ui/colours.js";
import { hatchingPattern } from "../ui/columns.js";
import { PICTURES } from "../ui/pictures.js";
import { GAP, HAIRLINE, layOut } from "./chart-layout.js";
import { pageTheme } from "./chart-theme.js";
import { drawSound } from "./png-sound.js";

/**
 * @typedef {import("./chart-layout.js").Layout} Layout
 * @typedef {import("./chart-theme.js").Theme} Theme
 * @typedef {import("./link-format.js").TitledAnalysis} TitledAnalysis
 * @typedef {import("./takings.js").Look} Look
 */

const SCALE = 2;

/** Lets the page answer in between: each step takes its milliseconds. */
const breath = () => new Promise((resolve) => setTimeout(resolve));

const HATCHING_PX = 8;

/** @param {TitledAnalysis} song @param {Look} look @returns {Promise<Blob>} */
export async function chartPng(song, { picture, sound }) {
  const theme = pageTheme();
  const context = newContext(1, 1);
  const layout = layOut(song, { picture, has_sound: sound !== null }, measureWith(context, theme));
  context.canvas.width = layout.width * SCALE;
  context.canvas.height = Math.ceil(layout.height) * SCALE;
  context.scale(SCALE, SCALE);
  draw(context, layout, theme);
  const colours = colourPlaces(song.analysis.genres).map((place) => theme.genre(place));
  drawKeys(context, layout.keys, colours);
  await breath();
  const plot = paintedPlot(layout, song.analysis, theme, colours);
  await breath();
  context.drawImage(plot, layout.plot.x, layout.plot.y, layout.plot.width, layout.plot.height);
  if (sound && layout.sound) {
    await breath();
    drawSound(context, layout.sound, { sound, duration_s: layout.chart_s, ink: theme.ink, scale: SCALE });
  }
  return new Promise((resolve, reject) => {
    context.canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no PNG"))), "image/png");
  });
}

/** @param {number} width @param {number} height */
function newContext(width, height) {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  return /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Theme} theme
 * @returns {import("./chart-layout.js").Measure}
 */
export const measureWith = (context, theme) => (text, size_px, weight) => {
  context.font = `${weight} ${size_px}px ${theme.font}`;
  return context.measureText(text).width;
};

/** All but the plot. @param {CanvasRenderingContext2D} context @param {Layout} layout @param {Theme} theme */
function draw(context, { width, height, labels, lines, swatch }, theme) {
  context.fillStyle = theme.paper;
  context.fillRect(0, 0, width, height + 1);
  context.fillStyle = theme.line;
  for (const line of lines) context.fillRect(line.x, line.y, line.width, line.height);
  for (const { text, x, y, size_px, weight, colour, anchor } of labels) {
    context.font = `${weight} ${size_px}px ${theme.font}`;
    context.fillStyle = theme[colour];
    context.textAlign = anchor === "middle" ? "center" : anchor === "end" ? "right" : "left";
    context.fillText(text, x, y);
  }
  if (!swatch) return;
  context.fillStyle = hatchingPattern(theme.soft, HATCHING_PX, 1);
  context.strokeStyle = theme.soft;
  context.fillRect(swatch.x, swatch.y, swatch.width, swatch.height);
  context.strokeRect(swatch.x, swatch.y, swatch.width, swatch.height);
}

/** @param {CanvasRenderingContext2D} context @param {Layout["keys"]} keys @param {string[]} colours one a genre */
function drawKeys(context, keys, colours) {
  for (const { x, y, width, height, genre } of keys) {
    context.fillStyle = colours[genre];
    context.fillRect(x, y, width, height);
  }
}

/**
 * @param {Layout} layout @param {TitledAnalysis["analysis"]} analysis @param {Theme} theme @param {string[]} colours
 * @returns {HTMLCanvasElement} of its own: painters fill the canvas that they are given
 */
function paintedPlot({ plot, picture }, { probabilities, unsure, thresholds }, theme, colours) {
  const context = newContext(plot.width * SCALE, plot.height * SCALE);
  PICTURES[picture](context, { rows: probabilities, unsure }, 0, probabilities.length, {
    colours,
    neutral: theme.soft,
    hatching: hatchingPattern(theme.soft, HATCHING_PX * SCALE, SCALE),
    gap: GAP * SCALE,
    hairline: HAIRLINE * SCALE,
    thresholds,
  });
  return context.canvas;
}
