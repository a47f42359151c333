/**
 * The chart: genre lanes over the whole song, a playhead, the time axis, and ways to move through the song by pointer
 * and keys. Playing moves one element; the canvas is painted only when rows, size or colours change.
 */

import { genreColour } from "./colours.js";
import { hatchingPattern, paintLanes } from "./lanes.js";
import { drawTimeAxis } from "./time-axis.js";

/**
 * @typedef {object} ChartParts
 * @property {HTMLElement} plot focusable, takes pointer and keys
 * @property {HTMLCanvasElement} canvas
 * @property {HTMLElement} playhead
 * @property {HTMLElement} cursor where the pointer hovers
 * @property {HTMLElement} labels one line a genre, beside the lanes
 * @property {HTMLElement} axis
 */

const LANE_GAP_PX = 6;
const HATCHING_PX = 8;
const KEY_STEPS_S = new Map([
  ["ArrowRight", 1],
  ["ArrowUp", 1],
  ["ArrowLeft", -1],
  ["ArrowDown", -1],
  ["PageUp", 10],
  ["PageDown", -10],
  ["Home", -Infinity],
  ["End", Infinity],
]);

export class Chart {
  /**
   * @param {ChartParts} parts
   * @param {{onSeek: (time_s: number) => void, onPoint: (time_s: number | null) => void}} listener onPoint: null when
   *     the pointer has left
   */
  constructor(parts, listener) {
    this._parts = parts;
    this._listener = listener;
    this._context = /** @type {CanvasRenderingContext2D} */ (parts.canvas.getContext("2d"));
    /** @type {string[]} */
    this._genres = [];
    /** @type {number[][]} */
    this._rows = [];
    /** @type {boolean[]} */
    this._unsure = [];
    this._step_s = 1;
    this._n_columns = 1;
    this._n_painted = 0;
    this._time_s = 0;
    this._frame = 0;
    this._dark = matchMedia("(prefers-color-scheme: dark)");
    this._style = this._newStyle();
    this._dark.addEventListener("change", () => this._repaint());
    new ResizeObserver(() => this._repaint()).observe(parts.plot);
    this._listenToPointer();
    parts.plot.addEventListener("keydown", (event) => this._onKey(event));
  }

  /**
   * An empty chart for a new song.
   * @param {string[]} genres
   * @param {number} step_s
   */
  reset(genres, step_s) {
    this._genres = genres;
    this._step_s = step_s;
    this._rows = [];
    this._unsure = [];
    this._n_columns = 1;
    this._parts.plot.style.setProperty("--lanes", String(genres.length));
    this._drawLabels();
    this._repaint();
  }

  /**
   * How long the song is, or seems to be so far.
   * @param {number} duration_s
   */
  setDuration(duration_s) {
    const n_columns = Math.max(1, this._rows.length, Math.ceil(duration_s / this._step_s));
    if (n_columns === this._n_columns) return;
    this._n_columns = n_columns;
    this._repaint();
  }

  get duration_s() {
    return this._n_columns * this._step_s;
  }

  /** @param {number[][]} rows all that are known @param {boolean[]} unsure one a row */
  setRows(rows, unsure) {
    this._rows = rows;
    this._unsure = unsure;
    if (rows.length > this._n_columns) this.setDuration(rows.length * this._step_s);
    this._schedule();
  }

  /** @param {number} time_s */
  setTime(time_s) {
    this._time_s = time_s;
    this._place(this._parts.playhead, time_s);
  }

  /**
   * What a screen reader hears when the chart is moved through.
   * @param {string} words
   */
  describe(words) {
    const { plot } = this._parts;
    plot.setAttribute("aria-valuemax", String(Math.floor(this.duration_s)));
    plot.setAttribute("aria-valuenow", String(Math.floor(this._time_s)));
    plot.setAttribute("aria-valuetext", words);
  }

  /** @param {HTMLElement} marker @param {number} time_s */
  _place(marker, time_s) {
    const x = (Math.min(time_s, this.duration_s) / this.duration_s) * this._parts.plot.clientWidth;
    marker.style.transform = `translateX(${x}px)`;
  }

  _drawLabels() {
    this._parts.labels.replaceChildren(
      ...this._genres.map((genre) => {
        const label = document.createElement("li");
        label.textContent = genre;
        return label;
      }),
    );
  }

  _repaint() {
    this._n_painted = 0;
    this._schedule();
  }

  _schedule() {
    this._frame ||= requestAnimationFrame(() => {
      this._frame = 0;
      this._paint();
    });
  }

  _paint() {
    const { canvas, plot, axis } = this._parts;
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(plot.clientWidth * ratio), Math.round(plot.clientHeight * ratio)];
    if (width === 0 || this._genres.length === 0) return;
    if (this._n_painted === 0) {
      canvas.width = width; // also wipes it
      canvas.height = height;
      this._style = this._newStyle();
      drawTimeAxis(axis, this.duration_s);
      this._place(this._parts.playhead, this._time_s);
    }
    const known = { rows: this._rows, unsure: this._unsure };
    paintLanes(this._context, known, this._n_painted, this._n_columns, this._style);
    this._n_painted = this._rows.length;
  }

  /** @returns {import("./lanes.js").LaneStyle} */
  _newStyle() {
    const ratio = devicePixelRatio;
    const colours = this._genres.map((_, genre) => genreColour(genre, this._dark.matches));
    const neutral = getComputedStyle(this._parts.canvas).color;
    const hairline = Math.max(1, ratio);
    const hatching = hatchingPattern(neutral, Math.round(HATCHING_PX * ratio), hairline);
    return { colours, neutral, hatching, gap: LANE_GAP_PX * ratio, hairline };
  }

  /** @param {PointerEvent} event @returns {number} seconds */
  _timeAt({ clientX }) {
    const { left, width } = this._parts.plot.getBoundingClientRect();
    return Math.min(1, Math.max(0, (clientX - left) / width)) * this.duration_s;
  }

  _listenToPointer() {
    const { plot, cursor } = this._parts;
    plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      plot.setPointerCapture(event.pointerId);
      this._listener.onSeek(this._timeAt(event));
    });
    plot.addEventListener("pointermove", (event) => {
      const time_s = this._timeAt(event);
      cursor.hidden = false;
      this._place(cursor, time_s);
      if (plot.hasPointerCapture(event.pointerId)) this._listener.onSeek(time_s);
      else this._listener.onPoint(time_s);
    });
    plot.addEventListener("pointerleave", () => {
      cursor.hidden = true;
      this._listener.onPoint(null);
    });
  }

  /** @param {KeyboardEvent} event */
  _onKey(event) {
    const step = KEY_STEPS_S.get(event.key);
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const last_s = this.duration_s - this._step_s / 2;
    this._listener.onSeek(Math.min(last_s, Math.max(0, this._time_s + step * this._step_s)));
  }
}
