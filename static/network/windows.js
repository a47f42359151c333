/**
 * How the network's fixed windows lie over a song of any length, and whose logits count where.
 *
 * Conventions: frames are log-mel frames, F of them make one step; a window of W frames gives W / F steps. Windows
 * start every S frames; each is trusted but for m = (W - S) / 2F steps at its ends, which its neighbours know better.
 * A song shorter than one window is repeated to fill it.
 */

/** @typedef {import("../contract.js").WindowLayout} WindowLayout */

/** Streaming: log-mel frames in, the logits of consecutive steps out. */
export class StepStream {
  /**
   * @param {WindowLayout} layout
   * @param {number} n_mels
   * @param {number} n_genres
   * @param {(window: Float32Array) => Float32Array} network log-mel [W, n_mels] to logits [W / F, n_genres]
   */
  constructor(layout, n_mels, n_genres, network) {
    this._layout = layout;
    this._n_mels = n_mels;
    this._n_genres = n_genres;
    this._network = network;
    this._margin = (layout.window_frames - layout.window_stride_frames) / (2 * layout.frames_per_step);
    /** The last frames of the song so far: at most one window and the block just pushed. */
    this._frames = new Float32Array(0);
    this._first_frame = 0; // number of the first frame in _frames
    this._n_frames = 0; // of the song so far
    this._next_start = 0; // first frame of the next window
    this._n_steps_given = 0;
    /** @type {{logits: Float32Array, first_step: number} | null} */
    this._last_window = null;
  }

  /**
   * @param {Float32Array} log_mel [m, n_mels], the song's next frames
   * @returns {Float32Array} logits of the steps that are now known, [k, n_genres]
   */
  push(log_mel) {
    this._append(log_mel);
    const { window_frames, window_stride_frames, window_steps } = this._layout;
    /** @type {Float32Array[]} */
    const known = [];
    while (this._next_start + window_frames <= this._n_frames) {
      this._run(this._next_start);
      known.push(this._take(this._next_start / this._layout.frames_per_step + window_steps - this._margin));
      this._next_start += window_stride_frames;
    }
    this._drop();
    return joined(known);
  }

  /** @returns {Float32Array} logits of the remaining steps, [k, n_genres]; none for a song without a frame */
  finish() {
    const { window_frames, frames_per_step, window_steps } = this._layout;
    if (this._n_frames === 0) return new Float32Array(0);
    const n_steps = Math.max(1, Math.floor(this._n_frames / frames_per_step));
    if (!this._last_window) {
      this._runRepeated();
    } else if (this._last_window.first_step + window_steps < n_steps) {
      this._run(n_steps * frames_per_step - window_frames);
    }
    return this._take(n_steps);
  }

  /** @param {Float32Array} log_mel */
  _append(log_mel) {
    const frames = new Float32Array(this._frames.length + log_mel.length);
    frames.set(this._frames);
    frames.set(log_mel, this._frames.length);
    this._frames = frames;
    this._n_frames += log_mel.length / this._n_mels;
  }

  /** Forgets the frames that no window can need: the very last one reaches back one window from the end. */
  _drop() {
    const { window_frames, frames_per_step } = this._layout;
    const needed_from = Math.min(this._next_start, this._n_frames - window_frames - frames_per_step);
    const n_dropped = Math.max(0, needed_from - this._first_frame);
    this._frames = this._frames.slice(n_dropped * this._n_mels);
    this._first_frame += n_dropped;
  }

  /** @param {number} start the window's first frame */
  _run(start) {
    const at = (start - this._first_frame) * this._n_mels;
    const logits = this._network(this._frames.subarray(at, at + this._layout.window_frames * this._n_mels));
    this._last_window = { logits, first_step: start / this._layout.frames_per_step };
  }

  /** A song shorter than one window, over and over until the window is full. */
  _runRepeated() {
    const window = new Float32Array(this._layout.window_frames * this._n_mels);
    for (let i = 0; i < window.length; i += 1) window[i] = this._frames[i % this._frames.length];
    this._last_window = { logits: this._network(window), first_step: 0 };
  }

  /** @param {number} until step number @returns {Float32Array} the last window's steps from where we stopped */
  _take(until) {
    const { logits, first_step } = /** @type {{logits: Float32Array, first_step: number}} */ (this._last_window);
    const from = this._n_steps_given;
    this._n_steps_given = until;
    return logits.slice((from - first_step) * this._n_genres, (until - first_step) * this._n_genres);
  }
}

/** @param {Float32Array[]} parts */
function joined(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
