/** The sound's strip of the PNG: what the page shows below its chart, for the whole song. */

import { paintSpectrogram, paintWaveform, soundStyle } from "../ui/spectrogram.js";

/**
 * @typedef {import("../signal/sound-frames.js").SoundFrames} SoundFrames
 * @typedef {import("./chart-layout.js").Box} Box
 */

/** As in the page. */
const TONES = { share: 5 / 7, alpha: 0.85 };
const OUTLINE = { share: 2 / 7, alpha: 0.6 };

/** @param {string} hex #rrggbb @returns {[number, number, number]} */
const channels = (hex) => /** @type {any} */ ([1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));

/**
 * @param {CanvasRenderingContext2D} context of the whole picture
 * @param {Box} box
 * @param {{sound: SoundFrames, duration_s: number, ink: string, scale: number}} what duration_s: across the box; ink:
 *     #rrggbb; scale: pixels for one of the layout
 */
export function drawSound(context, { x, y, width, height }, { sound, duration_s, ink, scale }) {
  const style = soundStyle(sound, channels(ink), scale);
  const known = { bytes: sound.columns(0, sound.n_columns), n_bands: sound.n_bands };
  const parts = [
    { ...TONES, paint: paintSpectrogram, top: y, height_px: sound.n_bands },
    { ...OUTLINE, paint: paintWaveform, top: y + TONES.share * height, height_px: OUTLINE.share * height * scale },
  ];
  for (const { share, alpha, paint, top, height_px } of parts) {
    const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height_px });
    const part = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    paint(part, known, 0, duration_s / sound.column_s, style);
    context.globalAlpha = alpha;
    context.drawImage(canvas, x, top, width, share * height);
  }
  context.globalAlpha = 1;
}
