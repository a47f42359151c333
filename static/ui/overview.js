/** The whole song in a strip below a chart that shows a part of it: a window marks the part, and can be dragged. */

import { Film } from "./film.js";

/** @typedef {import("./viewport.js").Viewport} Viewport */

export class Overview {
  /**
   * @param {{strip: HTMLElement, canvas: HTMLCanvasElement, window: HTMLElement}} parts
   * @param {(context: CanvasRenderingContext2D, stretch: import("./film.js").Stretch) => void} paint
   * @param {(span: number, width: number) => number} atOnce columns that may be painted in one task
   * @param {(time_s: number) => void} onCentre the view is to move there
   */
  constructor({ strip, canvas, window }, paint, atOnce, onCentre) {
    this._strip = strip;
    this._window = window;
    this._film = new Film(canvas, paint, atOnce);
    this._duration_s = 1;
    /** @param {PointerEvent} event */
    const move = ({ clientX }) => {
      const { left, width } = strip.getBoundingClientRect();
      onCentre(((clientX - left) / width) * this._duration_s);
    };
    strip.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      strip.setPointerCapture(event.pointerId);
      move(event);
    });
    strip.addEventListener("pointermove", (event) => {
      if (strip.hasPointerCapture(event.pointerId)) move(event);
    });
  }

  /** Colours have changed. */
  clear() {
    this._film.clear();
  }

  /** @param {number} column what is painted from there on does not hold any more */
  forget(column) {
    this._film.forget(column);
  }

  /**
   * @param {Viewport} viewport
   * @param {number} n_columns of the whole song
   * @param {number} n_known
   * @returns {boolean} whether all that is known is painted
   */
  show({ is_whole, is_following, start_s, span_s, duration_s }, n_columns, n_known) {
    this._strip.hidden = is_whole || is_following;
    if (this._strip.hidden) return true;
    this._duration_s = duration_s;
    const { clientWidth: width_px, clientHeight: height_px } = this._strip;
    this._window.style.transform = `translateX(${(width_px * start_s) / duration_s}px)`;
    this._window.style.width = `${(width_px * span_s) / duration_s}px`;
    return this._film.show({ start: 0, span: n_columns, limit: n_columns, n_known, width_px, height_px });
  }
}
