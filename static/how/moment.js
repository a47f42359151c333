/** The loudest moment of a second, as each step of the signal chain has it. Pure, but for the kernel it is given. */

import { sparseRows } from "../signal/mel-kernel.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 *
 * @typedef {object} Moment one frame
 * @property {number} frame its number in the window
 * @property {number} start_s of the frame, in the song
 * @property {Float32Array} wave a few milliseconds of samples around its middle
 * @property {number} wave_s when they begin, in the song
 * @property {Float32Array} spectrum_db [n_fft / 2 + 1], the decibels of its bins
 * @property {Float32Array} bands_db [n_mels], its log-mel
 */

const WAVE_S = 0.02;

/**
 * @param {Contract} contract
 * @param {{log_mel: Float32Array, samples: Float32Array, first_frame: number}} heard a stretch of the song
 * @param {number} row
 * @param {{first: number, end: number}} known frames to choose from, counted in the song
 * @returns {number} the loudest of the row's frames, counted in the song; the nearest where it has none
 */
export function loudestFrame({ signal_chain, rows }, { log_mel, first_frame }, row, known) {
  const { sample_rate_hz, hop_length, n_fft, n_mels } = signal_chain;
  const place = (/** @type {number} */ time_s) => (time_s * sample_rate_hz - n_fft / 2) / hop_length;
  const first = Math.ceil(place(row * rows.step_s));
  const end = Math.ceil(place((row + 1) * rows.step_s));
  const within = (/** @type {number} */ frame) => Math.min(known.end - 1, Math.max(known.first, frame));
  /** @param {number} frame */
  const power = (frame) => {
    const bands = log_mel.subarray((frame - first_frame) * n_mels, (frame - first_frame + 1) * n_mels);
    return bands.reduce((sum, db) => sum + 10 ** (db / 10), 0);
  };
  let loudest = within(first);
  for (let frame = within(first); frame <= within(end - 1); frame += 1) {
    if (power(frame) > power(loudest)) loudest = frame;
  }
  return loudest;
}

/**
 * @param {Contract} contract
 * @param {{log_mel: Float32Array, samples: Float32Array, first_frame: number}} heard
 * @param {number} frame counted in the song
 * @param {number} window_frame the first frame of the window, counted in the song
 * @param {import("../signal/mel-kernel.js").MelKernel} kernel
 * @returns {Moment}
 */
export function momentOf({ signal_chain }, { log_mel, samples, first_frame }, frame, window_frame, kernel) {
  const { sample_rate_hz, hop_length, n_fft, n_mels, log } = signal_chain;
  const from = (frame - first_frame) * hop_length;
  const n_wave = Math.min(n_fft, Math.round(WAVE_S * sample_rate_hz));
  const lead = Math.floor((n_fft - n_wave) / 2);
  const powers = kernel.spectrum(samples.subarray(from, from + n_fft));
  return {
    frame: frame - window_frame,
    start_s: (frame * hop_length) / sample_rate_hz,
    wave: samples.slice(from + lead, from + lead + n_wave),
    wave_s: (frame * hop_length + lead) / sample_rate_hz,
    spectrum_db: Float32Array.from(powers, (power) => 10 * Math.log10(Math.max(power, log.power_floor))),
    bands_db: log_mel.slice((frame - first_frame) * n_mels, (frame - first_frame + 1) * n_mels),
  };
}

/**
 * @typedef {{low_hz: number, top_hz: number, high_hz: number}} Band where it begins to hear, hears best, and ends
 *
 * @param {Contract} contract
 * @param {Float32Array} mel_filters [n_mels, n_fft / 2 + 1]
 * @returns {Band[]} from low to high
 */
export function bandsOf({ signal_chain }, mel_filters) {
  const { n_mels, n_fft, sample_rate_hz } = signal_chain;
  const { first, offset, weights } = sparseRows(mel_filters, n_mels);
  const hz = (/** @type {number} */ bin) => (bin * sample_rate_hz) / n_fft;
  return Array.from(first, (bin, band) => {
    const own = weights.subarray(offset[band], offset[band + 1]);
    const top = own.indexOf(Math.max(...own));
    return { low_hz: hz(Math.max(0, bin - 1)), top_hz: hz(bin + Math.max(0, top)), high_hz: hz(bin + own.length) };
  });
}
