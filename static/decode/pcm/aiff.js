/** Where the samples of an AIFF or AIFF-C file lie and how they are written: with that, any stretch is at hand. */

import { ascii } from "../bytes.js";
import { frameBytes, isSampleRate, sampleKind } from "./format.js";

/** @typedef {import("./format.js").PcmLayout} PcmLayout */

/**
 * AIFF-C's kinds of uncompressed samples: whether they are floats, and in which order their bytes stand.
 * @type {Record<string, {is_float: boolean, little_endian: boolean}>}
 */
const KINDS = {
  NONE: { is_float: false, little_endian: false },
  twos: { is_float: false, little_endian: false },
  sowt: { is_float: false, little_endian: true },
  in24: { is_float: false, little_endian: false },
  in32: { is_float: false, little_endian: false },
  fl32: { is_float: true, little_endian: false },
  FL32: { is_float: true, little_endian: false },
  fl64: { is_float: true, little_endian: false },
  FL64: { is_float: true, little_endian: false },
};
/** Those whose name says how many bits they have, whatever else the file says: some say 16. */
const BITS = /** @type {Record<string, number>} */ ({ in24: 24, in32: 32, fl32: 32, FL32: 32, fl64: 64, FL64: 64 });
/** Chunks that are read, with their heads. */
const READ_BYTES = 48;
/** More is damage: each takes a moment to look at. */
const MOST_CHUNKS = 1000;
const [FORM_BYTES, CHUNK_HEAD_BYTES] = [12, 8];
/** Of the samples' chunk: two numbers, the first of which is where they begin. */
const SAMPLES_HEAD_BYTES = 8;

/** @param {Blob} file @param {number} at @param {number} n */
const read = async (file, at, n) => new DataView(await file.slice(at, at + n).arrayBuffer());

/**
 * @param {Blob} file
 * @param {number} start where FORM stands
 * @returns {Promise<PcmLayout | null>} null: no samples, or of a form that we do not know
 */
export async function readAiffLayout(file, start) {
  /** @type {ReturnType<typeof readCommon>} */
  let common = null;
  /** @type {{first_byte: number, end_byte: number} | null} */
  let samples = null;
  let at = start + FORM_BYTES;
  for (let n = 0; n < MOST_CHUNKS && at + CHUNK_HEAD_BYTES <= file.size && !(common && samples); n += 1) {
    const chunk = await read(file, at, READ_BYTES);
    const [name, size] = [textOf(chunk, 0), chunk.getUint32(4)];
    const end_byte = Math.min(file.size, at + CHUNK_HEAD_BYTES + size);
    if (name === "COMM") common = readCommon(chunk, Math.min(chunk.byteLength, CHUNK_HEAD_BYTES + size));
    if (name === "SSND" && chunk.byteLength >= 12) {
      samples = { first_byte: at + CHUNK_HEAD_BYTES + SAMPLES_HEAD_BYTES + chunk.getUint32(8), end_byte };
    }
    at += CHUNK_HEAD_BYTES + size + (size % 2);
  }
  return common && samples && layoutOf(common, samples);
}

/** @param {DataView} chunk @param {number} at */
const textOf = (chunk, at) => ascii(new Uint8Array(chunk.buffer), at, 4);

/** @param {DataView} chunk @param {number} end of what belongs to it */
function readCommon(chunk, end) {
  if (end < 26) return null;
  const name = end >= 30 ? textOf(chunk, 26) : "NONE";
  const kind = KINDS[name];
  const [n_channels, n_samples] = [chunk.getUint16(8), chunk.getUint32(10)];
  const bits = BITS[name] ?? chunk.getUint16(14);
  const sample_rate_hz = aiffRateHz(chunk, 16);
  // Fewer bits than the bytes hold stand at their upper end: full scale is where the bytes have it.
  const samples = kind ? sampleKind(Math.ceil(bits / 8), kind.is_float) : null;
  if (!samples || n_channels === 0 || !isSampleRate(sample_rate_hz)) return null;
  const signed = samples === "u8" ? "s8" : samples;
  return { format: { samples: signed, little_endian: kind.little_endian, n_channels }, sample_rate_hz, n_samples };
}

/**
 * AIFF writes its rate as an 80-bit float.
 * @param {DataView} view
 * @param {number} at
 * @returns {number} Hz
 */
export function aiffRateHz(view, at) {
  const exponent = (view.getUint16(at) & 0x7fff) - 16383;
  return Math.round(view.getUint32(at + 2) * 2 ** (exponent - 31));
}

/**
 * @param {NonNullable<ReturnType<typeof readCommon>>} common
 * @param {{first_byte: number, end_byte: number}} place
 * @returns {PcmLayout | null}
 */
function layoutOf({ format, sample_rate_hz, n_samples: n_told }, { first_byte, end_byte }) {
  const n_held = Math.floor((end_byte - first_byte) / frameBytes(format));
  const n_samples = Math.min(n_held, n_told);
  return n_samples > 0 ? { format, sample_rate_hz, first_byte, n_samples } : null;
}
