/**
 * The info frame that encoders put before the first frame of sound (Xing's VBR header, LAME's extension of it): how
 * many frames there are, and how much silence encoder and decoder have put around the song.
 */

import { ascii, viewOf } from "../bytes.js";

/**
 * Counted in samples a channel of everything that a decoder puts out.
 * @typedef {object} InfoFrame
 * @property {number} n_frames of sound; 0 where it does not say
 * @property {number} first_sample of the song itself
 * @property {number} end_sample the one after its last; Infinity where it does not say
 */

/** @typedef {import("./frames.js").FrameHeader} FrameHeader */

/** What every decoder of layer III delays its output by. */
const DECODER_DELAY = 529;
/** Behind the header: the side information's place, by MPEG version (1 or later ones) and channels. */
const SIDE_BYTES = { 1: [17, 32], 2: [9, 17] };

/**
 * @param {Uint8Array} frame the file's first, whole
 * @param {FrameHeader} header its header
 * @returns {InfoFrame | null} null for a frame of sound
 */
export function readInfoFrame(frame, { layer, channels, n_samples }) {
  const at = 4 + SIDE_BYTES[n_samples === 1152 ? 1 : 2][channels - 1];
  if (layer !== 3 || frame.length < at + 8 || !["Xing", "Info"].includes(ascii(frame, at, 4))) return null;
  if (frame.subarray(6, at).some((byte) => byte !== 0)) return null; // sound that happens to have these letters
  const view = viewOf(frame);
  const flags = view.getUint32(at + 4);
  const sizes = [4, 4, 100, 4]; // of number of frames, number of bytes, table of contents, quality
  const n_frames = flags & 1 && frame.length >= at + 12 ? view.getUint32(at + 8) : 0;
  const lame = sizes.reduce((end, size, bit) => (flags & (1 << bit) ? end + size : end), at + 8);
  return { n_frames, ...songWithin(frame, lame, n_frames * n_samples) };
}

/**
 * @param {Uint8Array} frame
 * @param {number} lame where LAME's extension stands, if there is one
 * @param {number} n_samples in all frames; 0 where that is not known
 */
function songWithin(frame, lame, n_samples) {
  if (n_samples === 0) return { first_sample: 0, end_sample: Infinity };
  const has_lame = lame + 24 <= frame.length && frame[lame] !== 0;
  const [a, b, c] = has_lame ? frame.subarray(lame + 21, lame + 24) : [0, 0, 0];
  const [delay, padding] = [(a << 4) | (b >> 4), ((b & 15) << 8) | c];
  return {
    first_sample: delay + DECODER_DELAY,
    end_sample: Math.min(n_samples, n_samples - padding + DECODER_DELAY),
  };
}
