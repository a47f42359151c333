/** Samples as files hold them, uncompressed, to float channels. Pure: bytes in, numbers from -1 to 1 out. */

import { viewOf } from "../bytes.js";

/**
 * How the samples of a file are written: those of all channels for one moment, then those for the next.
 * @typedef {object} PcmFormat
 * @property {SampleKind} samples
 * @property {boolean} little_endian
 * @property {number} n_channels
 */

/**
 * Where the samples of a file lie.
 * @typedef {object} PcmLayout
 * @property {PcmFormat} format
 * @property {number} sample_rate_hz
 * @property {number} first_byte
 * @property {number} n_samples a channel
 */

/** @typedef {keyof typeof SAMPLES} SampleKind */

/** @typedef {(view: DataView, at: number, little_endian: boolean) => number} ReadSample */

/** Full scale is 2 to the number of bits less one, as ffmpeg has it: the most negative number is -1. */
const SAMPLES = {
  u8: { n_bytes: 1, read: /** @type {ReadSample} */ ((view, at) => (view.getUint8(at) - 128) / 2 ** 7) },
  s8: { n_bytes: 1, read: /** @type {ReadSample} */ ((view, at) => view.getInt8(at) / 2 ** 7) },
  s16: { n_bytes: 2, read: /** @type {ReadSample} */ ((view, at, little) => view.getInt16(at, little) / 2 ** 15) },
  s24: { n_bytes: 3, read: /** @type {ReadSample} */ (readInt24) },
  s32: { n_bytes: 4, read: /** @type {ReadSample} */ ((view, at, little) => view.getInt32(at, little) / 2 ** 31) },
  f32: { n_bytes: 4, read: /** @type {ReadSample} */ ((view, at, little) => view.getFloat32(at, little)) },
  f64: { n_bytes: 8, read: /** @type {ReadSample} */ ((view, at, little) => view.getFloat64(at, little)) },
};

/** @param {DataView} view @param {number} at @param {boolean} little_endian */
function readInt24(view, at, little_endian) {
  const [low, high] = little_endian ? [at, at + 2] : [at + 2, at];
  return ((view.getInt8(high) << 16) | (view.getUint8(at + 1) << 8) | view.getUint8(low)) / 2 ** 23;
}

/**
 * @param {number} n_bytes of a sample
 * @param {boolean} is_float
 * @returns {SampleKind | null} null where we read no such samples; of one byte those without a sign
 */
export function sampleKind(n_bytes, is_float) {
  if (is_float) return n_bytes === 4 ? "f32" : n_bytes === 8 ? "f64" : null;
  return /** @type {(SampleKind | null)[]} */ ([null, "u8", "s16", "s24", "s32"])[n_bytes] ?? null;
}

/** @param {number} rate_hz @returns {boolean} outside of these a header is wrong, and a resampling filter is huge */
export const isSampleRate = (rate_hz) => rate_hz >= 1_000 && rate_hz <= 768_000;

/** @param {PcmFormat} format @returns {number} that one sample of all channels takes */
export const frameBytes = ({ samples, n_channels }) => SAMPLES[samples].n_bytes * n_channels;

/**
 * @param {Uint8Array} bytes whole samples of all channels
 * @param {PcmFormat} format
 * @returns {Float32Array[]} [n_channels][n]
 */
export function readPcm(bytes, format) {
  const { samples, little_endian, n_channels } = format;
  const { n_bytes, read } = SAMPLES[samples];
  const view = viewOf(bytes);
  const step = n_bytes * n_channels;
  const n = Math.floor(bytes.length / step);
  return Array.from({ length: n_channels }, (_, number) => {
    const channel = new Float32Array(n);
    for (let i = 0, at = number * n_bytes; i < n; i += 1, at += step) channel[i] = read(view, at, little_endian);
    return channel;
  });
}

/**
 * @param {Blob} file
 * @param {PcmLayout} layout
 * @returns {(first_sample: number, end_sample: number) => Omit<import("../frame-ranges.js").FileStretch, "end">}
 */
export const pcmStretch =
  (file, { format, first_byte }) =>
  (first_sample, end_sample) => {
    const [from, to] = [first_sample, end_sample].map((sample) => first_byte + sample * frameBytes(format));
    return { kind: "file-pcm", bytes: file.slice(from, to), format };
  };
