/**
 * Which frames of a song a row is explained by: one window of the network around the row, shifted inwards at the song's
 * ends. Pure; training/explanation.py does the same.
 *
 * Conventions: frames are log-mel frames, F of them make one step; a window has W frames. A row's steps are those that
 * its numbers are the mean of (network/rows.js).
 */

/** @typedef {import("../contract.js").Contract} Contract */
/** @typedef {{first: number, end: number}} Range of steps or of frames */

/**
 * @param {Contract} contract
 * @param {number} row
 * @param {Range} known steps that there are, at least one
 * @returns {Range} the row's steps
 */
export function stepsOfRow({ signal_chain, network, rows }, row, known) {
  const { sample_rate_hz, hop_length, n_fft } = signal_chain;
  const middle_s = (row + 0.5) * rows.step_s;
  const first_centre_s = (((network.frames_per_step - 1) / 2) * hop_length + n_fft / 2) / sample_rate_hz;
  const step_s = (network.frames_per_step * hop_length) / sample_rate_hz;
  /** @param {number} time_s @returns {number} a step's number, and its fraction */
  const place = (time_s) => (time_s - first_centre_s) / step_s;
  const first = Math.max(known.first, Math.ceil(place(middle_s - rows.context_s / 2)));
  const end = Math.min(known.end, Math.floor(place(middle_s + rows.context_s / 2)) + 1);
  if (first < end) return { first, end };
  const nearest = Math.min(known.end - 1, Math.max(known.first, Math.round(place(middle_s))));
  return { first: nearest, end: nearest + 1 };
}

/**
 * @param {Contract} contract
 * @param {number} row
 * @param {number} n_frames of the song, as far as it is known
 * @returns {Range} frames; fewer than a window where the song has fewer
 */
export function framesOfRow(contract, row, n_frames) {
  const { window_frames, window_steps, frames_per_step } = contract.network;
  if (n_frames <= window_frames) return { first: 0, end: n_frames };
  const n_steps = Math.floor(n_frames / frames_per_step);
  const { first, end } = stepsOfRow(contract, row, { first: 0, end: n_steps });
  const around = Math.floor((first + end - window_steps) / 2);
  const first_step = Math.min(n_steps - window_steps, Math.max(0, around));
  return { first: first_step * frames_per_step, end: first_step * frames_per_step + window_frames };
}
