/** Painting of what sound is made of: a wave, a spectrum, mel bands, and the picture that the network sees. Pure. */

import { paintCells, rgbOf } from "../ui/cells.js";
import { DENSITY_EXPONENT } from "../ui/spectrogram.js";

/**
 * @typedef {import("./canvas.js").Painter} Painter
 * @typedef {import("./moment.js").Moment} Moment
 * @typedef {import("./moment.js").Band} Band
 */

/** Decibels below the loudest that are seen. */
const RANGE_DB = 60;
/** Bands between two of the lines that join them with their frequencies. */
const BANDS_A_RAY = 8;

/** @param {ArrayLike<number>} numbers @returns {number} */
export const indexOfLargest = (numbers) => {
  let largest = 0;
  for (let i = 1; i < numbers.length; i += 1) if (numbers[i] > numbers[largest]) largest = i;
  return largest;
};

/** @param {number} db @param {number} top_db @returns {number} 0 to 1 */
export const heightOf = (db, top_db) => Math.min(1, Math.max(0, 1 + (db - top_db) / RANGE_DB));

/** @param {Float32Array} wave @returns {Painter} a line with a dot for each sample */
export const paintWave = (wave) => (context, { ink, line, mark, px }) => {
  const { width, height } = context.canvas;
  const reach = Math.max(1e-4, ...wave.map(Math.abs)) * 1.1;
  const place = (/** @type {number} */ i) => ({
    x: ((i + 0.5) * width) / wave.length,
    y: height / 2 - (wave[i] / reach) * (height / 2),
  });
  context.fillStyle = line;
  context.fillRect(0, height / 2 - px / 2, width, px);
  context.strokeStyle = ink;
  context.lineWidth = 1.5 * px;
  context.beginPath();
  wave.forEach((_, i) => context.lineTo(place(i).x, place(i).y));
  context.stroke();
  context.fillStyle = mark;
  const radius = Math.max(px, Math.min(2.5 * px, (0.6 * width) / wave.length));
  wave.forEach((_, i) => {
    context.beginPath();
    context.arc(place(i).x, place(i).y, radius, 0, 2 * Math.PI);
    context.fill();
  });
};

/** @param {Float32Array} spectrum_db @returns {Painter} bars over frequency, as wide as there is room for */
export const paintSpectrum = (spectrum_db) => (context, { ink, mark, px }) => {
  const { width, height } = context.canvas;
  const top = indexOfLargest(spectrum_db);
  const n_bars = Math.min(spectrum_db.length, Math.floor(width / (2 * px)));
  const bar = width / n_bars;
  for (let i = 0; i < n_bars; i += 1) {
    const [first, end] = [i, i + 1].map((at) => Math.floor((at * spectrum_db.length) / n_bars));
    const db = Math.max(...spectrum_db.subarray(first, end));
    const rise = heightOf(db, spectrum_db[top]) * (height - 4 * px);
    context.fillStyle = top >= first && top < end ? mark : ink;
    context.fillRect(i * bar, height - rise, Math.max(px, bar - px / 2), rise);
  }
};

/**
 * The frequencies above as they are, the bands below one beside another, and which belong together.
 * @param {Moment} moment @param {Band[]} bands @param {number} highest_hz
 * @returns {Painter}
 */
export const paintMelBands = ({ spectrum_db, bands_db }, bands, highest_hz) => (context, ink) => {
  const { width, height } = context.canvas;
  const [above, below] = [height * 0.3, height * 0.7];
  const [top_db, top_bin_db] = [Math.max(...bands_db), Math.max(...spectrum_db)];
  const at = (/** @type {number} */ hz) => (hz / highest_hz) * width;
  const cell = width / bands.length;
  context.fillStyle = ink.ink;
  spectrum_db.forEach((db, bin) => {
    context.globalAlpha = heightOf(db, top_bin_db) ** DENSITY_EXPONENT;
    context.fillRect((bin * width) / spectrum_db.length, 0, Math.max(ink.px / 2, width / spectrum_db.length), above);
  });
  context.globalAlpha = 0.16;
  for (let band = 0; band < bands.length; band += 2 * BANDS_A_RAY) {
    const last = Math.min(bands.length, band + BANDS_A_RAY) - 1;
    context.beginPath();
    context.moveTo(at(bands[band].top_hz), above);
    context.lineTo(at(bands[last].high_hz), above);
    context.lineTo((last + 1) * cell, below);
    context.lineTo(band * cell, below);
    context.fill();
  }
  const top = indexOfLargest(bands_db);
  bands_db.forEach((db, band) => {
    context.globalAlpha = band === top ? 1 : heightOf(db, top_db) ** DENSITY_EXPONENT;
    context.fillStyle = band === top ? ink.mark : ink.ink;
    context.fillRect(band * cell, below, Math.max(ink.px / 2, cell - ink.px / 2), height - below);
  });
  context.globalAlpha = 1;
};

/**
 * @param {{log_mel: Float32Array, n_frames: number}} picture [n_frames, n_mels]
 * @param {{first: number, end: number}} marked frames that are framed
 * @returns {Painter} time from left to right, low bands at the bottom
 */
export const paintPicture = ({ log_mel, n_frames }, { first, end }) => (context, ink) => {
  const top_db = log_mel.reduce((a, b) => Math.max(a, b), -Infinity);
  const densities = Float32Array.from(log_mel, (db) => heightOf(db, top_db) ** DENSITY_EXPONENT);
  paintMap(context, densities, n_frames, ink.ink);
  const column = context.canvas.width / n_frames;
  frame(context, first * column, (end - first) * column, ink);
};

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Float32Array} densities [n_times, n_heights], 0 to 1
 * @param {number} n_times
 * @param {string} ink
 */
export function paintMap(context, densities, n_times, ink) {
  const cells = document.createElement("canvas");
  const rgb = rgbOf(ink);
  paintCells(cells, densities, densities.length / n_times, { colourOf: () => rgb, densityOf: (density) => density });
  context.imageSmoothingEnabled = false;
  context.drawImage(cells, 0, 0, context.canvas.width, context.canvas.height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} left @param {number} width
 * @param {import("./canvas.js").Ink} ink
 */
export function frame(context, left, width, { mark, px }) {
  context.strokeStyle = mark;
  context.lineWidth = 3 * px;
  context.strokeRect(left, 1.5 * px, width, context.canvas.height - 3 * px);
}
