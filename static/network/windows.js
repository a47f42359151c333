/**
 * How the network's fixed windows lie over a song of any length, and whose logits count where.
 *
 * Conventions: frames are log-mel frames, F of them make one step; a window of W frames gives W / F steps. Windows
 * start every S frames; each is trusted but for m = (W - S) / 2F steps at its ends, which its neighbours know better.
 * A song shorter than one window is repeated to fill it.
 */

import { joined, release } from "../arrays.js";

/**
 * @typedef {import("../contract.js").WindowLayout} WindowLayout
 *
 * @typedef {object} Window
 * @property {number} index 0, 1, 2 … along the song
 * @property {number} first_step the song's step that its own first one is
 * @property {number} until_step the song's step before which its logits count
 * @property {Float32Array} log_mel [window_frames, n_mels], in memory of its own
 */

/**
 * @param {Float32Array} window to be filled
 * @param {Float32Array} log_mel of the song, from the window's first frame on: over and over, where there is not enough
 * @returns {Float32Array} the window
 */
export function fillWindow(window, log_mel) {
  for (let i = 0; i < window.length; i += 1) window[i] = log_mel[i % log_mel.length];
  return window;
}

/** Streaming: log-mel frames in, the windows that they complete out. */
export class WindowCutter {
  /** @param {WindowLayout} layout @param {number} n_mels */
  constructor(layout, n_mels) {
    this._layout = layout;
    this._n_mels = n_mels;
    /** @type {Float32Array} the song's frames from _first_frame on, as far as they are known */
    this._frames = new Float32Array(0);
    this._first_frame = 0;
    this._n_frames = 0; // of the song so far
    this._n_windows = 0;
    this._covered = 0; // frames up to the last window's end
    /** @type {Float32Array[]} the memory of windows that are done with */
    this._rooms = [];
  }

  /** @param {Float32Array} log_mel of a window that is done with: its memory is used again */
  takeBack(log_mel) {
    this._rooms.push(log_mel);
  }

  /** Steps of logits that the song gives so far: whole ones, but one for the shortest. */
  get n_steps() {
    return this._n_frames === 0 ? 0 : Math.max(1, Math.floor(this._n_frames / this._layout.frames_per_step));
  }

  /**
   * @param {Float32Array} log_mel [m, n_mels], the song's next frames
   * @returns {Window[]} the windows that are now complete
   */
  push(log_mel) {
    this._append(log_mel);
    const { window_frames, window_stride_frames } = this._layout;
    const windows = [];
    for (;;) {
      const start = this._n_windows * window_stride_frames;
      if (start + window_frames > this._n_frames) break;
      windows.push(this._counted(this._cut(start)));
    }
    this._drop();
    return windows;
  }

  /** @returns {Window[]} the one that ends with the song's last whole step, where no other does */
  finish() {
    const last = this.preview();
    return last ? [this._counted(last)] : [];
  }

  /** @returns {Window | null} the one that `finish` would give if the song ended here; it may well go on */
  preview() {
    const { window_frames, frames_per_step } = this._layout;
    const end = this.n_steps * frames_per_step;
    if (this._n_frames === 0 || (this._n_windows > 0 && this._covered >= end)) return null;
    return this._n_windows === 0 ? this._repeated() : this._cut(end - window_frames);
  }

  /** @param {Float32Array} log_mel */
  _append(log_mel) {
    const frames = this._frames;
    this._frames = joined([frames, log_mel]);
    release(frames);
    this._n_frames += log_mel.length / this._n_mels;
  }

  /** Forgets the frames that no window can need: the very last one reaches back one window from the end. */
  _drop() {
    const { window_frames, window_stride_frames, frames_per_step } = this._layout;
    const next_start = this._n_windows * window_stride_frames;
    const needed_from = Math.min(next_start, this._n_frames - window_frames - frames_per_step);
    const n_dropped = Math.max(0, needed_from - this._first_frame);
    const frames = this._frames;
    this._frames = frames.slice(n_dropped * this._n_mels);
    release(frames);
    this._first_frame += n_dropped;
  }

  /** @param {number} start the window's first frame @returns {Window} */
  _cut(start) {
    const { window_frames } = this._layout;
    const from = (start - this._first_frame) * this._n_mels;
    const log_mel = this._rooms.pop() ?? new Float32Array(window_frames * this._n_mels);
    log_mel.set(this._frames.subarray(from, from + log_mel.length));
    return this._window(start, log_mel);
  }

  /** A song shorter than one window, over and over until the window is full. */
  _repeated() {
    const log_mel = this._rooms.pop() ?? new Float32Array(this._layout.window_frames * this._n_mels);
    return this._window(0, fillWindow(log_mel, this._frames));
  }

  /** @param {number} start @param {Float32Array} log_mel @returns {Window} */
  _window(start, log_mel) {
    const { window_frames, window_stride_frames, window_steps, frames_per_step } = this._layout;
    const margin = (window_frames - window_stride_frames) / (2 * frames_per_step);
    const first_step = start / frames_per_step;
    const until_step = Math.min(this.n_steps, first_step + window_steps - margin);
    return { index: this._n_windows, first_step, until_step, log_mel };
  }

  /** @param {Window} window @returns {Window} */
  _counted(window) {
    this._covered = window.first_step * this._layout.frames_per_step + this._layout.window_frames;
    this._n_windows += 1;
    return window;
  }
}

/** The windows' logits, in whatever order they come, back to the song's consecutive steps. */
export class StepJoiner {
  /** @param {number} n_genres */
  constructor(n_genres) {
    this._n_genres = n_genres;
    /** @type {Map<number, {window: Omit<Window, "log_mel">, logits: Float32Array}>} those not yet used, by index */
    this._waiting = new Map();
    this._next_index = 0;
    this._n_given = 0; // steps
    /** @type {{first_step: number, logits: Float32Array}} */
    this._last = { first_step: 0, logits: new Float32Array(0) };
  }

  /**
   * @param {Omit<Window, "log_mel">} window
   * @param {Float32Array} logits [window_steps, n_genres]
   * @returns {Float32Array} logits of the steps that are now known, [k, n_genres]
   */
  add(window, logits) {
    this._waiting.set(window.index, { window, logits });
    const known = [];
    for (let next = this._waiting.get(this._next_index); next; next = this._waiting.get(this._next_index)) {
      this._waiting.delete(this._next_index);
      this._next_index += 1;
      this._last = { first_step: next.window.first_step, logits: next.logits };
      known.push(this._take(next.window.until_step));
    }
    return joined(known);
  }

  /**
   * @param {number} n_steps of the song
   * @returns {Float32Array} the steps at its end, which only the last window shows, [k, n_genres]
   */
  finish(n_steps) {
    return this._take(n_steps);
  }

  /**
   * What `finish` would give if the song ended here, with that window added where there is one: nothing of it is kept.
   * @param {number} n_steps of the song
   * @param {{first_step: number, logits: Float32Array}} [last] the cutter's preview, run by the network
   * @returns {Float32Array} [k, n_genres]
   */
  preview(n_steps, { first_step, logits } = this._last) {
    return logits.slice((this._n_given - first_step) * this._n_genres, (n_steps - first_step) * this._n_genres);
  }

  /** @param {number} until step number @returns {Float32Array} the last window's steps from where we stopped */
  _take(until) {
    const steps = this.preview(until);
    this._n_given = until;
    return steps;
  }
}
