/** The picture of a stretch of sound and of what in it spoke: its log-mel, the marks over it, its axes. */

import { hzInWords } from "../messages.js";
import { paintCells, rgbOf } from "../ui/cells.js";
import { DENSITY_EXPONENT } from "../ui/spectrogram.js";
import { drawTimeAxis } from "../ui/time-axis.js";
import { placeOf } from "./mel-bands.js";

/**
 * @typedef {object} Seen
 * @property {Float32Array} log_mel [n_frames, n_mels], dB
 * @property {Float32Array} marks [n_frames, n_mels]
 * @property {number} n_mels
 * @property {number} start_s of the song, where the first frame's column begins
 * @property {number} span_s
 * @property {number} row_s where the explained second begins
 * @property {number} step_s how long it is
 * @property {number[]} band_centres_hz
 */

/** What of the sound is seen: as in the chart's spectrogram. */
const RANGE_DB = 66;
/** Of marks at most: the sound is to be seen through them. */
const MOST_OPAQUE = 0.8;
const TICKS_HZ = [300, 1000, 3000, 10_000];

/** @param {Element} element */
const colourOf = (element) => rgbOf(getComputedStyle(element).color);

export class WhyPicture {
  /**
   * @param {{sound: HTMLCanvasElement, marks: HTMLCanvasElement, second: HTMLElement, time: HTMLElement,
   *     hz: HTMLElement, spoke_for: HTMLElement, spoke_against: HTMLElement}} parts the last two wear marks' colours
   */
  constructor(parts) {
    this._parts = parts;
    /** @type {Seen | null} */
    this._seen = null;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this._draw());
    new ResizeObserver(() => this._drawAxis()).observe(parts.time);
  }

  /** @param {Seen} seen */
  show(seen) {
    this._seen = seen;
    this._draw();
    this._drawAxis();
  }

  _draw() {
    if (!this._seen) return;
    const { log_mel, marks, n_mels, start_s, span_s, row_s, step_s, band_centres_hz } = this._seen;
    const { sound, marks: over, second, hz, spoke_for, spoke_against } = this._parts;
    const loudest_db = log_mel.reduce((a, b) => Math.max(a, b), -Infinity);
    const ink = colourOf(sound);
    const [pro, contra] = [colourOf(spoke_for), colourOf(spoke_against)];
    paintCells(sound, log_mel, n_mels, {
      colourOf: () => ink,
      densityOf: (db) => Math.max(0, 1 - (loudest_db - db) / RANGE_DB) ** DENSITY_EXPONENT,
    });
    paintCells(over, marks, n_mels, {
      colourOf: (mark) => (mark > 0 ? pro : contra),
      densityOf: (mark) => MOST_OPAQUE * Math.abs(mark),
    });
    second.style.insetInlineStart = `${(100 * (row_s - start_s)) / span_s}%`;
    second.style.width = `${(100 * step_s) / span_s}%`;
    hz.replaceChildren(...TICKS_HZ.map((tick_hz) => {
      const tick = Object.assign(document.createElement("span"), { textContent: hzInWords(tick_hz) });
      tick.style.insetBlockEnd = `${(100 * placeOf(band_centres_hz, tick_hz)) / n_mels}%`;
      return tick;
    }));
  }

  _drawAxis() {
    if (this._seen && this._parts.time.clientWidth > 0) {
      drawTimeAxis(this._parts.time, this._seen.span_s, this._seen.start_s);
    }
  }
}
