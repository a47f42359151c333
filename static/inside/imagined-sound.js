/**
 * A sound like what a unit hears best, made of its picture and noise alone: noise, each band of it as loud at each time
 * as the picture has it. No recording is in it. Pure, but for the noise.
 */

import { MaskedSound } from "../explain/masked-sound.js";

/**
 * @typedef {object} Picture
 * @property {Uint8Array} cells [n_columns, n_cells]: 0 to 255 for range_db
 * @property {number} n_cells
 * @property {number} n_frames
 * @property {number} frames_a_column
 * @property {number} range_db
 */

/** Of the loudest that there is: no picture is to startle anybody. */
const PEAK = 0.4;

/**
 * @param {Picture} picture
 * @param {number} n_mels
 * @returns {Float32Array} [n_frames, n_mels], 0 to 1: amplitudes, of which the loudest is 1
 */
export function amplitudesOf({ cells, n_cells, n_frames, frames_a_column, range_db }, n_mels) {
  const loudest = cells.reduce((a, b) => Math.max(a, b), 0);
  return Float32Array.from({ length: n_frames * n_mels }, (_, i) => {
    const column = Math.floor(Math.floor(i / n_mels) / frames_a_column);
    const cell = Math.floor(((i % n_mels) * n_cells) / n_mels);
    return 10 ** (((cells[column * n_cells + cell] - loudest) * range_db) / 255 / 20);
  });
}

/**
 * @param {Picture} picture
 * @param {import("../engine/segment-task.js").Tools} tools
 * @returns {Float32Array} mono, at the model's rate, as long as the picture's frames
 */
export function imaginedSound(picture, { contract: { signal_chain: chain }, mel_filters, dsp }) {
  const n_samples = (picture.n_frames - 1) * chain.hop_length + chain.n_fft;
  const noise = Float32Array.from({ length: n_samples }, () => 2 * Math.random() - 1);
  const sound = new MaskedSound(chain, mel_filters, dsp).through(noise, amplitudesOf(picture, chain.n_mels));
  const highest = sound.reduce((top, sample) => Math.max(top, Math.abs(sample)), 1e-9);
  return sound.map((sample) => (PEAK * sample) / highest);
}
