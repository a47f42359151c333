/**
 * The chart: a picture of the genres over the song or a part of it, a playhead, the time axis, and ways to move through
 * the song and closer to it. Playing moves elements; canvases are painted only when rows, size, colours or the view
 * change.
 */

import { listenToGestures } from "./chart-gestures.js";
import { ChartLabels } from "./chart-labels.js";
import { Film } from "./film.js";
import { Overview } from "./overview.js";
import { paintStyle } from "./paint-style.js";
import { PICTURES } from "./pictures.js";
import { RowMemory } from "./row-memory.js";
import { drawTimeAxis } from "./time-axis.js";
import { Viewport } from "./viewport.js";

/** Cells that are painted in one task: some 10 ms on a slow machine. */
const CELLS_AT_ONCE = 6_000;

export class Chart {
  /**
   * @param {import("./chart-roles.js").ChartParts} parts
   * @param {import("./chart-roles.js").ChartListener} listener
   */
  constructor(parts, listener) {
    this._parts = parts;
    this._listener = listener;
    /** @type {string[]} */
    this._genres = [];
    /** @type {number[] | null} where several can be heard at once */
    this._thresholds = null;
    /** @type {number[][]} */
    this._rows = [];
    this._memory = new RowMemory();
    /** @type {boolean[]} */
    this._unsure = [];
    this._width_px = 0; // of the plot: asked for each frame, it would make the browser lay out the page
    this._step_s = 1;
    this._n_columns = 1;
    this._time_s = 0;
    this._frame = 0;
    this._axis_of = "";
    this._painter = PICTURES.lanes;
    this._viewport = new Viewport();
    this._labels = new ChartLabels(parts.labels);
    const atOnce = (/** @type {number} */ span, /** @type {number} */ width) =>
      Math.floor((CELLS_AT_ONCE / this._genres.length) * Math.max(1, span / width));
    this._film = new Film(parts.canvas, (...what) => this._paintRows(this._painter, ...what), atOnce);
    this._overview = new Overview(
      parts.overview,
      (...what) => this._paintRows(PICTURES.stacked, ...what),
      atOnce,
      (time_s) => this._move(() => this._viewport.centre(time_s)),
    );
    this._dark = matchMedia("(prefers-color-scheme: dark)");
    this._style = paintStyle(parts.canvas, [], false);
    this._dark.addEventListener("change", () => this._repaint());
    new ResizeObserver(() => {
      this._width_px = parts.plot.clientWidth;
      this._repaint();
    }).observe(parts.plot);
    listenToGestures(parts.plot, this._gestures());
  }

  /**
   * An empty chart for a new song.
   * @param {string[]} genres
   * @param {number} step_s
   * @param {number[] | null} [thresholds] where several genres can be heard at once: from which share on each is
   */
  reset(genres, step_s, thresholds = null) {
    this._genres = genres;
    this._thresholds = thresholds;
    this._step_s = step_s;
    this._rows = [];
    this._unsure = [];
    this._n_columns = 1;
    this._viewport = new Viewport();
    this._viewport.setDuration(this.duration_s);
    this._parts.plot.parentElement?.style.setProperty("--lanes", String(genres.length));
    this._labels.setGenres(genres);
    this._parts.sound.reset();
    this._repaint();
    this._tellView();
  }

  /**
   * How long the song is, or seems to be so far.
   * @param {number} duration_s
   */
  setDuration(duration_s) {
    const n_columns = Math.max(1, this._rows.length, Math.ceil(duration_s / this._step_s));
    if (n_columns === this._n_columns) return;
    this._n_columns = n_columns;
    this._viewport.setDuration(this.duration_s);
    this._schedule();
  }

  get duration_s() {
    return this._n_columns * this._step_s;
  }

  /**
   * Rows that are other arrays than before are painted anew: of live sound, the last ones are provisional.
   * @param {number[][]} rows all that are known
   * @param {boolean[]} unsure one a row
   */
  setRows(rows, unsure) {
    const n_same = this._memory.update(rows);
    this._film.forget(n_same);
    this._overview.forget(n_same);
    this._rows = rows;
    this._unsure = unsure;
    if (rows.length > this._n_columns) this.setDuration(rows.length * this._step_s);
    this._schedule();
  }

  /** @param {import("../signal/sound-frames.js").SoundFrames} sound as far as it is known: more may come */
  setSound(sound) {
    this._parts.sound.setSound(sound);
    this._schedule();
  }

  /** @param {boolean} is_wanted */
  showSound(is_wanted) {
    this._parts.sound.setWanted(is_wanted);
    this._schedule();
  }

  /** Which genres matter most: where there is no room for all names, theirs are shown. @param {number[]} shares */
  setShares(shares) {
    this._labels.setShares(shares);
  }

  /** @param {string} name of one of PICTURES */
  setPicture(name) {
    this._painter = PICTURES[name] ?? PICTURES.lanes;
    this._parts.plot.parentElement?.setAttribute("data-picture", name in PICTURES ? name : "lanes");
    this._repaint();
  }

  /**
   * The view turns a page where the playhead leaves it; it stays where it is after someone has moved it away.
   * @param {number} time_s
   */
  setTime(time_s) {
    const was_in_view = this._viewport.contains(this._time_s);
    this._time_s = time_s;
    if (was_in_view && this._viewport.reveal(time_s)) this._schedule();
    this._place(this._parts.playhead, time_s);
  }

  /** Moves the view to where this can be seen. @param {number} time_s */
  reveal(time_s) {
    this._move(() => this._viewport.reveal(time_s));
  }

  /**
   * Shows the newest seconds and moves on as rows come.
   * @param {number} window_s
   */
  followEnd(window_s) {
    this._move(() => this._viewport.followEnd(window_s));
    this._tellView();
  }

  /** No more rows come: where the newest were in view the whole is. */
  unfollow() {
    this._move(() => this._viewport.unfollow());
    this._tellView();
  }

  /** @param {number} factor closer by so much, around the playhead; 0: the whole song */
  zoom(factor) {
    const { _viewport: viewport, _time_s: time_s } = this;
    const around_s = viewport.contains(time_s) ? time_s : viewport.timeAt(0.5);
    this._move(() => (factor === 0 ? viewport.showAll() : viewport.zoom(factor, around_s)));
    this._tellView(true);
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

  /** @returns {import("./chart-gestures.js").Gestures} */
  _gestures() {
    return {
      onSeek: (share) => this._listener.onSeek(this._viewport.timeAt(share)),
      onHover: (share) => this._hover(share),
      onZoom: (factor, share) => {
        this._move(() => this._viewport.zoom(factor, this._viewport.timeAt(share)));
        this._tellView();
      },
      onPan: (share) => {
        if (this._viewport.is_whole) return false;
        this._move(() => this._viewport.pan(share * this._viewport.span_s));
        return true;
      },
      onStep: (n_rows) => {
        const last_s = this.duration_s - this._step_s / 2;
        this._listener.onSeek(Math.min(last_s, Math.max(0, this._time_s + n_rows * this._step_s)));
      },
      onKeyZoom: (factor) => this.zoom(factor),
    };
  }

  /** @param {number | null} share of the view's width */
  _hover(share) {
    const { cursor } = this._parts;
    const time_s = share === null ? null : this._viewport.timeAt(share);
    cursor.hidden = time_s === null;
    if (time_s !== null) this._place(cursor, time_s);
    this._listener.onPoint(time_s);
  }

  /** @param {() => void} change of the viewport */
  _move(change) {
    change();
    this._place(this._parts.playhead, this._time_s);
    this._parts.cursor.hidden = true; // it would point to another time now
    this._schedule();
  }

  /** @param {boolean} [is_by_key] */
  _tellView(is_by_key = false) {
    this._listener.onView(this._viewport, is_by_key);
  }

  /** @param {HTMLElement} marker @param {number} time_s */
  _place(marker, time_s) {
    const share = this._viewport.shareAt(Math.min(time_s, this.duration_s));
    marker.classList.toggle("out-of-view", share < 0 || share > 1);
    marker.style.transform = `translateX(${share * this._width_px}px)`;
  }

  _repaint() {
    this._film.clear();
    this._overview.clear();
    this._parts.sound.clear();
    this._axis_of = "";
    this._schedule();
  }

  _schedule() {
    this._frame ||= requestAnimationFrame(() => {
      this._frame = 0;
      this._paint();
    });
  }

  _paint() {
    const window = /** @type {HTMLElement} */ (this._parts.canvas.parentElement);
    const { clientWidth: width_px, clientHeight: height_px } = window;
    if (width_px === 0 || height_px === 0 || this._genres.length === 0) return;
    if (this._axis_of === "") {
      this._style = paintStyle(this._parts.canvas, this._genres, this._dark.matches, this._thresholds);
      this._labels.fit();
    }
    const { start_s, span_s, is_following } = this._viewport;
    const limit = is_following ? Infinity : this._n_columns;
    const view = { start: start_s / this._step_s, span: span_s / this._step_s, limit, width_px, height_px };
    const are_complete = [
      this._film.show({ ...view, n_known: this._rows.length }),
      this._parts.sound.show(this._viewport),
      this._overview.show(this._viewport, this._n_columns, this._rows.length),
    ];
    this._drawAxis(start_s, span_s);
    this._place(this._parts.playhead, this._time_s);
    if (are_complete.includes(false)) this._schedule();
  }

  /** @param {number} start_s @param {number} span_s */
  _drawAxis(start_s, span_s) {
    const axis_of = `${start_s} ${span_s}`;
    if (this._axis_of === axis_of) return;
    this._axis_of = axis_of;
    drawTimeAxis(this._parts.axis, span_s, start_s);
  }

  /**
   * @param {import("./columns.js").Painter} painter
   * @param {CanvasRenderingContext2D} context
   * @param {import("./film.js").Stretch} stretch
   */
  _paintRows(painter, context, { first, n_columns, from, to }) {
    const known = { rows: this._rows.slice(first, to), unsure: this._unsure.slice(first, to) };
    painter(context, known, from - first, n_columns, this._style);
  }
}
