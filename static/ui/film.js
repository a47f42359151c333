/**
 * A canvas that holds more of the song than the view shows, like a strip of film behind a window: moving along the song
 * moves the canvas, which costs no painting, until the strip's end comes into the window.
 *
 * All is counted in columns: seconds of the chart, or frames of sound.
 */

/**
 * @typedef {object} FilmView
 * @property {number} start columns, a fraction in general
 * @property {number} span columns across the window
 * @property {number} limit the column after the last that there will be; Infinity while more come
 * @property {number} n_known columns that can be painted by now
 * @property {number} width_px of the window
 * @property {number} height_px
 *
 * @typedef {object} Stretch
 * @property {number} first column of the strip
 * @property {number} n_columns of the strip
 * @property {number} from first column that is to be painted
 * @property {number} to the one after the last
 */

/** A strip reaches that far beyond the window on each side, in windows: half a window of playing needs no painting. */
const MARGIN = 0.5;

export class Film {
  /**
   * @param {HTMLCanvasElement} canvas
   * @param {(context: CanvasRenderingContext2D, stretch: Stretch) => void} paint
   * @param {(span: number, width: number) => number} [atOnce] columns painted in one task, of so many across
   *     a window of so many pixels
   */
  constructor(canvas, paint, atOnce = () => Infinity) {
    this._canvas = canvas;
    this._context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    this._paint = paint;
    this._atOnce = atOnce;
    this._first = 0;
    this._end = 0; // nothing is held
    this._painted_to = 0;
    this._px_per_column = 0;
    this._size = "";
  }

  /** Nothing that is painted holds any more. */
  clear() {
    this._end = 0;
  }

  /** What is painted from there on does not hold any more. @param {number} column */
  forget(column) {
    this._painted_to = Math.max(this._first, Math.min(this._painted_to, column));
  }

  /** @param {FilmView} view @returns {boolean} whether all that is known is painted; if not: call again */
  show(view) {
    if (!this._holds(view)) this._begin(view);
    const x_px = (this._first - view.start) * this._px_per_column;
    this._canvas.style.transform = `translateX(${Math.round(x_px * devicePixelRatio) / devicePixelRatio}px)`;
    const known = Math.min(view.n_known, this._end);
    if (this._painted_to >= known) return true;
    const to = Math.min(known, this._painted_to + Math.max(1, this._atOnce(view.span, this._canvas.width)));
    const strip = { first: this._first, n_columns: this._end - this._first };
    this._paint(this._context, { ...strip, from: this._painted_to, to });
    this._painted_to = to;
    return to === known;
  }

  /** @param {FilmView} view */
  _holds(view) {
    const { start, span, limit, width_px } = view;
    const is_same = this._px_per_column === width_px / span && this._size === sizeOf(view);
    return is_same && this._first <= start && this._end >= Math.min(limit, start + span);
  }

  /** @param {FilmView} view */
  _begin(view) {
    const { start, span, limit, width_px, height_px } = view;
    this._first = Math.max(0, Math.floor(start - MARGIN * span));
    this._end = Math.min(limit, Math.ceil(start + (1 + MARGIN) * span));
    this._px_per_column = width_px / span;
    this._size = sizeOf(view);
    this._painted_to = this._first;
    const strip_px = (this._end - this._first) * this._px_per_column;
    this._canvas.width = Math.round(strip_px * devicePixelRatio); // also wipes it
    this._canvas.height = Math.round(height_px * devicePixelRatio);
    this._canvas.style.width = `${strip_px}px`;
  }
}

/** @param {FilmView} view */
const sizeOf = ({ width_px, height_px }) => `${width_px} × ${height_px} × ${devicePixelRatio}`;
