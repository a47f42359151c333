/**
 * Painting of the sound: its mel spectrogram, low bands at the bottom, and the outline of its waveform. One ink, as
 * colours mean genres. Pure but for the canvas it is given: sizes are in device pixels.
 */

import { pixelColumns } from "./columns.js";

/**
 * @typedef {object} SoundStretch
 * @property {Uint8Array} bytes [n, n_bands + 1] of the columns known so far: bands from low to high, then the peak
 * @property {number} n_bands
 *
 * @typedef {object} SoundStyle
 * @property {[number, number, number]} ink red, green, blue
 * @property {number} loudest the byte that is as dense as ink can be
 * @property {number} highest the peak that is as high as the canvas
 * @property {number} hairline the least height of the outline, so that silence is seen, too
 */

/** What is painted is painted anew when the loudest so far was so much too low, in bytes. */
const LOUDNESS_STEP = 16;
/** Bytes below the loudest that are seen: 66 dB in half decibels. */
const RANGE = 132;
/** What is quiet is paler still, so that what sounds stands out: in all pictures of sound alike. */
export const DENSITY_EXPONENT = 1.6;

/**
 * @param {{loudest: number, highest: number}} known so far: a bit more is to have room, too
 * @param {[number, number, number]} ink
 * @param {number} hairline
 * @returns {SoundStyle}
 */
export function soundStyle({ loudest, highest }, ink, hairline) {
  const up = (/** @type {number} */ byte) => Math.min(255, Math.ceil(byte / LOUDNESS_STEP) * LOUDNESS_STEP);
  return { ink, loudest: up(loudest), highest: up(highest), hairline };
}

/**
 * One pixel a band, to be stretched by whoever shows it.
 * @param {CanvasRenderingContext2D} context of a canvas as high as there are bands
 * @param {SoundStretch} known
 * @param {number} from first column to paint; those before it are there already
 * @param {number} n_columns across the whole width
 * @param {SoundStyle} style
 */
export function paintSpectrogram(context, { bytes, n_bands }, from, n_columns, { ink, loudest }) {
  const [depth, densities] = [n_bands + 1, densitiesBelow(loudest)];
  const places = [...pixelColumns(from, bytes.length / depth, n_columns, context.canvas.width)];
  if (places.length === 0) return;
  const [left, last] = [places[0].x, places[places.length - 1]];
  const width = last.x + last.width - left;
  if (width === 0) return;
  const image = context.createImageData(width, n_bands);
  for (let i = 0; i < image.data.length; i += 4) image.data.set(ink, i);
  for (const { x, width: w, first, end } of places) {
    for (let band = 0; band < n_bands; band += 1) {
      const density = densities[loudestOf(bytes, depth, band, first, end)];
      const to = 4 * ((n_bands - 1 - band) * width + x - left) + 3;
      for (let i = 0; i < w; i += 1) image.data[to + 4 * i] = density;
    }
  }
  context.putImageData(image, left, 0);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {SoundStretch} known
 * @param {number} from first column to paint; those before it are there already
 * @param {number} n_columns across the whole width
 * @param {SoundStyle} style
 */
export function paintWaveform(context, { bytes, n_bands }, from, n_columns, { ink, highest, hairline }) {
  const { width, height } = context.canvas;
  const depth = n_bands + 1;
  const places = [...pixelColumns(from, bytes.length / depth, n_columns, width)];
  context.clearRect(places[0]?.x ?? width, 0, width, height);
  context.fillStyle = `rgb(${ink.join(" ")})`;
  for (const { x, width: w, first, end } of places) {
    const peak = loudestOf(bytes, depth, n_bands, first, end) / Math.max(1, highest);
    const thickness = Math.max(hairline, Math.min(1, peak) * height);
    context.fillRect(x, (height - thickness) / 2, w, thickness);
  }
}

/** @param {Uint8Array} bytes @param {number} depth @param {number} place @param {number} first @param {number} end */
function loudestOf(bytes, depth, place, first, end) {
  let top = 0;
  for (let column = first; column < end; column += 1) top = Math.max(top, bytes[column * depth + place]);
  return top;
}

/** @param {number} loudest @returns {Uint8ClampedArray} how dense the ink is by byte, 0 to 255 */
const densitiesBelow = (loudest) =>
  Uint8ClampedArray.from({ length: 256 }, (_, byte) => {
    const share = Math.min(1, Math.max(0, 1 - (loudest - byte) / RANGE));
    return 255 * share ** DENSITY_EXPONENT;
  });
