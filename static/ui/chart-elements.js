/** The page's elements that the chart draws in. */

import { element } from "./page.js";
import { SoundStrip } from "./sound-strip.js";

/** @param {string} selector */
const canvas = (selector) => /** @type {HTMLCanvasElement} */ (element(selector));

/** @returns {import("./chart-roles.js").ChartParts} */
export const chartElements = () => ({
  plot: element("#plot"),
  canvas: canvas("#canvas"),
  playhead: element("#playhead"),
  cursor: element("#cursor"),
  labels: element("#labels"),
  axis: element("#axis"),
  overview: { strip: element("#overview"), canvas: canvas("#overview-canvas"), window: element("#overview-window") },
  sound: new SoundStrip({
    place: element("#sound"),
    spectrogram: canvas("#spectrogram"),
    waveform: canvas("#waveform"),
  }),
});
