/**
 * Sound as it is looked at: a few bytes a frame instead of the network's floats, so that an hour of it takes no more
 * than 3 MB.
 *
 * A frame is its bands, low to high, in steps of decibels, then the waveform's peak in it: [n_bands + 1] bytes.
 */

const MOST_BANDS = 64;
/** A sine at full scale reaches 40 dB or so; below -72 dB is what 16-bit files have no sound in. */
const LOWEST_DB = -72;
export const STEP_DB = 0.5;

/** @param {number} n_mels @returns {number} mel bands of which the picture shows the loudest */
const poolOf = (n_mels) => Math.ceil(n_mels / MOST_BANDS);

/** @param {number} n_mels */
export const bandsOf = (n_mels) => Math.ceil(n_mels / poolOf(n_mels));

/**
 * @param {Pick<import("../contract.js").SignalChain, "n_mels" | "hop_length" | "sample_rate_hz">} chain
 * @returns {{n_bands: number, frame_s: number}} frame_s: from one frame to the next
 */
export const scaleOf = ({ n_mels, hop_length, sample_rate_hz }) => ({
  n_bands: bandsOf(n_mels),
  frame_s: hop_length / sample_rate_hz,
});

/**
 * @param {Float32Array} log_mel [m, n_mels], dB
 * @param {number} n_mels
 * @param {number[]} peaks [m], 0 to 1
 * @returns {Uint8Array} [m, n_bands + 1]
 */
export function soundPicture(log_mel, n_mels, peaks) {
  const [pool, n_bands] = [poolOf(n_mels), bandsOf(n_mels)];
  const n_frames = log_mel.length / n_mels;
  const picture = new Uint8ClampedArray(n_frames * (n_bands + 1)); // rounds and clamps
  for (let frame = 0; frame < n_frames; frame += 1) {
    const [from, to] = [frame * n_mels, frame * (n_bands + 1)];
    for (let band = 0; band < n_bands; band += 1) {
      let top_db = LOWEST_DB;
      for (let mel = band * pool; mel < Math.min(n_mels, (band + 1) * pool); mel += 1) {
        if (log_mel[from + mel] > top_db) top_db = log_mel[from + mel];
      }
      picture[to + band] = (top_db - LOWEST_DB) / STEP_DB;
    }
    picture[to + n_bands] = 255 * (peaks[frame] ?? 0);
  }
  return new Uint8Array(picture.buffer);
}
