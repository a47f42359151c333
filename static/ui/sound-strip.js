/** The sound below the chart, on the same time axis: its spectrogram and the outline of its waveform. */

import { Film } from "./film.js";
import { paintSpectrogram, paintWaveform, soundStyle } from "./spectrogram.js";

/** @typedef {import("./film.js").Stretch} Stretch */
/** @typedef {import("../signal/sound-frames.js").SoundFrames} SoundFrames */
/** @typedef {typeof paintSpectrogram} SoundPainter */

/** Columns of sound that are painted in one task. */
const COLUMNS_AT_ONCE = 1 << 14;

export class SoundStrip {
  /** @param {{place: HTMLElement, spectrogram: HTMLCanvasElement, waveform: HTMLCanvasElement}} parts */
  constructor({ place, spectrogram, waveform }) {
    this._place = place;
    this._spectrogram = spectrogram;
    /** @type {SoundFrames | null} */
    this._frames = null;
    this._column_s = 0; // as they were when they were shown last
    this._n_columns = 0;
    this._is_wanted = false;
    this._style = this._newStyle();
    this._tones = new Film(spectrogram, (...what) => this._paint(paintSpectrogram, ...what), () => COLUMNS_AT_ONCE);
    this._outline = new Film(waveform, (...what) => this._paint(paintWaveform, ...what), () => COLUMNS_AT_ONCE);
  }

  /** Nothing is known of a new song's sound. */
  reset() {
    this._frames = null;
    this.clear();
  }

  /** @param {SoundFrames} sound that is whole, or has grown: it is its owner's */
  setSound(sound) {
    const is_the_same = this._frames === sound && this._column_s === sound.column_s;
    this._frames = sound;
    this._column_s = sound.column_s;
    if (!is_the_same || !this._hasRoom()) this.clear();
    // The last column may not have had all its frames.
    for (const film of [this._tones, this._outline]) film.forget(this._n_columns - 1);
    this._n_columns = sound.n_columns;
  }

  /** Colours have changed, or the scale. */
  clear() {
    this._style = this._newStyle();
    this._tones.clear();
    this._outline.clear();
  }

  /** @param {boolean} is_wanted */
  setWanted(is_wanted) {
    this._is_wanted = is_wanted;
  }

  /** @param {import("./viewport.js").Viewport} viewport @returns {boolean} whether all that is known is painted */
  show({ start_s, span_s, duration_s, is_following }) {
    this._place.hidden = !this._is_wanted || !this._frames;
    if (this._place.hidden || !this._frames) return true;
    const { column_s, n_columns: n_known, n_bands } = this._frames;
    const limit = is_following ? Infinity : Math.max(n_known, duration_s / column_s);
    const view = { start: start_s / column_s, span: span_s / column_s, limit, n_known };
    const { clientWidth: width_px } = this._place;
    const tones = { ...view, width_px, height_px: n_bands / devicePixelRatio };
    const outline = { ...view, width_px, height_px: this._outlineHeight() };
    return [this._tones.show(tones), this._outline.show(outline)].every(Boolean);
  }

  _outlineHeight() {
    return this._place.clientHeight - this._spectrogram.offsetHeight;
  }

  /** Whether what has come fits the scale that is painted with. */
  _hasRoom() {
    const { loudest = 0, highest = 0 } = this._frames ?? {};
    return loudest <= this._style.loudest && highest <= this._style.highest;
  }

  /** @returns {import("./spectrogram.js").SoundStyle} */
  _newStyle() {
    const [red, green, blue] = (getComputedStyle(this._spectrogram).color.match(/[\d.]+/g) ?? [0, 0, 0]).map(Number);
    return soundStyle(this._frames ?? { loudest: 0, highest: 0 }, [red, green, blue], Math.max(1, devicePixelRatio));
  }

  /**
   * @param {SoundPainter} paint
   * @param {CanvasRenderingContext2D} context
   * @param {Stretch} stretch
   */
  _paint(paint, context, { first, n_columns, from, to }) {
    if (!this._frames) return;
    const known = { bytes: this._frames.columns(first, to), n_bands: this._frames.n_bands };
    paint(context, known, from - first, n_columns, this._style);
  }
}
