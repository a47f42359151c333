/**
 * Which of the analysis' windows a row's numbers come from, so that the network can be watched at the very work that
 * made the row. Pure.
 *
 * Conventions: those of network/windows.js; a window is named by its first step.
 */

import { stepsOfRow } from "../explain/row-window.js";
import { fillWindow } from "../network/windows.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 *
 * @typedef {object} Plan
 * @property {{step: number, window: number}[]} steps of the row, each with the window whose logits count there
 * @property {number} main the window that the row's middle step is in
 * @property {{first: number, end: number}} frames that all these windows take
 */

/**
 * @param {Contract} contract
 * @param {number} row
 * @param {number} n_frames of the song, or so many at least; at least one
 * @returns {Plan}
 */
export function planOfRow(contract, row, n_frames) {
  const { window_frames, window_stride_frames, frames_per_step, window_steps } = contract.network;
  const stride = window_stride_frames / frames_per_step;
  const margin = (window_steps - stride) / 2;
  const n_steps = Math.max(1, Math.floor(n_frames / frames_per_step));
  const last = Math.max(0, n_steps - window_steps);
  /** @param {number} step @returns {number} the first window that is trusted there */
  const trusted = (step) =>
    Math.min(last, stride * Math.max(0, Math.ceil((step + 1 + margin - window_steps) / stride)));
  const { first, end } = stepsOfRow(contract, row, { first: 0, end: n_steps });
  const steps = Array.from({ length: end - first }, (_, i) => ({ step: first + i, window: trusted(first + i) }));
  const { window: main } = steps[Math.floor(steps.length / 2)];
  const [from, to] = [steps[0].window, steps[steps.length - 1].window];
  const end_frame = Math.min(n_frames, to * frames_per_step + window_frames);
  return { steps, main, frames: { first: from * frames_per_step, end: end_frame } };
}

/**
 * @param {Float32Array} log_mel [n, n_mels] from frame `first_frame` of the song on
 * @param {number} first_frame
 * @param {number} window its first step
 * @param {Contract} contract
 * @returns {Float32Array} [window_frames, n_mels]; a song that has fewer is repeated
 */
export function windowOf(log_mel, first_frame, window, { network, signal_chain }) {
  const from = (window * network.frames_per_step - first_frame) * signal_chain.n_mels;
  return fillWindow(new Float32Array(network.window_frames * signal_chain.n_mels), log_mel.subarray(from));
}
