/**
 * Which samples of a song a run of its log-mel frames is made of: a segment of the song, analysed on its own, gives
 * the very frames that the whole song gives there.
 */

import { filterReach, resamplingRatio } from "./resampling-filter.js";

/** @typedef {import("../contract.js").SignalChain} SignalChain */

/**
 * @typedef {object} SegmentSpan counted from the song's start
 * @property {number} first_sample at the song's rate: the first to feed to the segment's stream
 * @property {number} end_sample at the song's rate: the one after the last that is needed (the song may end before)
 * @property {number} skip_samples at the model's rate: how many the segment's stream drops before its frame 0
 */

/**
 * The stream begins at a multiple of `down`, where an output falls on an input sample, so that the resampler meets
 * the same phases as in the whole song; and early enough for its filter to see all that it needs.
 * @param {Pick<SignalChain, "sample_rate_hz" | "resampler" | "hop_length" | "n_fft">} chain
 * @param {number} rate_hz the song's
 * @param {number} first_frame
 * @param {number} n_frames at least one
 * @returns {SegmentSpan}
 */
export function segmentSpan(chain, rate_hz, first_frame, n_frames) {
  const { up, down } = resamplingRatio(rate_hz, chain.sample_rate_hz);
  const reach = filterReach(up, down, chain.resampler);
  const first_resampled = first_frame * chain.hop_length;
  const last_resampled = first_resampled + (n_frames - 1) * chain.hop_length + chain.n_fft - 1;
  const first_needed = Math.max(0, Math.floor((first_resampled * down) / up) - reach);
  const n_periods = Math.floor(first_needed / down); // of `down` input and `up` output samples, before the segment
  return {
    first_sample: n_periods * down,
    end_sample: Math.floor((last_resampled * down) / up) + reach + 1,
    skip_samples: first_resampled - n_periods * up,
  };
}

/**
 * @param {Pick<SignalChain, "sample_rate_hz" | "hop_length" | "n_fft">} chain
 * @param {number} rate_hz the song's
 * @param {number} n_samples of the song
 * @returns {number} log-mel frames that the whole song gives
 */
export function framesOf({ sample_rate_hz, hop_length, n_fft }, rate_hz, n_samples) {
  const { up, down } = resamplingRatio(rate_hz, sample_rate_hz);
  const n_resampled = Math.ceil((n_samples * up) / down);
  return Math.max(0, Math.floor((n_resampled - n_fft) / hop_length) + 1);
}
