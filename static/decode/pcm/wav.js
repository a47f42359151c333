/** Where the samples of a WAV file lie and how they are written: with that, any stretch of it is at hand. */

import { ascii } from "../bytes.js";
import { frameBytes, isSampleRate, sampleKind } from "./format.js";

/** @typedef {import("./format.js").PcmLayout} PcmLayout */

const [INTEGERS, FLOATS, EXTENSIBLE] = [1, 3, 0xfffe];
/** Chunks that are read; the longest of them that we know has 40 bytes. */
const READ_BYTES = 64;
/** More is damage: each takes a moment to look at. */
const MOST_CHUNKS = 1000;
/** What stands for a size that nobody knew when the header was written, or that does not fit. */
const UNKNOWN_SIZES = new Set([0, 0xffffffff]);

/** @param {Blob} file @param {number} at @param {number} n */
const read = async (file, at, n) => new DataView(await file.slice(at, at + n).arrayBuffer());

/**
 * @param {Blob} file
 * @param {number} start where RIFF or RF64 stands
 * @returns {Promise<PcmLayout | null>} null: no samples, or of a form that we do not know
 */
export async function readWavLayout(file, start) {
  /** @type {ReturnType<typeof readFormat>} */
  let found = null;
  let long_size = 0; // of RF64's samples, where 32 bits do not do
  let at = start + 12;
  for (let n = 0; n < MOST_CHUNKS && at + 8 <= file.size; n += 1) {
    const chunk = await read(file, at, 8 + READ_BYTES);
    const name = ascii(new Uint8Array(chunk.buffer), 0, 4);
    const size = chunk.getUint32(4, true);
    if (name === "ds64" && chunk.byteLength >= 24) long_size = Number(chunk.getBigUint64(16, true));
    if (name === "fmt ") found = readFormat(chunk, Math.min(chunk.byteLength, 8 + size));
    if (name === "data") return found && layoutOf(found, at + 8, size === 0xffffffff ? long_size : size, file.size);
    at += 8 + size + (size % 2);
  }
  return null;
}

/** @param {DataView} chunk @param {number} end of what belongs to it */
function readFormat(chunk, end) {
  if (end < 24) return null;
  const [tag, n_channels, bits] = [8, 10, 22].map((at) => chunk.getUint16(at, true));
  const codec = tag === EXTENSIBLE && end >= 34 ? chunk.getUint16(32, true) : tag;
  const block_bytes = chunk.getUint16(20, true);
  const samples = sampleKind(block_bytes / n_channels, codec === FLOATS);
  // Some keep fewer bits than the bytes hold: that says nothing about where full scale is, and is for others to judge.
  const is_plain = (codec === INTEGERS || codec === FLOATS) && bits * n_channels === 8 * block_bytes;
  const sample_rate_hz = chunk.getUint32(12, true);
  if (!is_plain || !samples || !isSampleRate(sample_rate_hz)) return null;
  return { format: { samples, little_endian: true, n_channels }, sample_rate_hz };
}

/**
 * @param {{format: import("./format.js").PcmFormat, sample_rate_hz: number}} found
 * @param {number} first_byte
 * @param {number} size as the file says
 * @param {number} file_size
 * @returns {PcmLayout | null}
 */
function layoutOf(found, first_byte, size, file_size) {
  const n_bytes = Math.min(UNKNOWN_SIZES.has(size) ? Infinity : size, file_size - first_byte);
  const n_samples = Math.floor(n_bytes / frameBytes(found.format));
  return n_samples > 0 ? { ...found, first_byte, n_samples } : null;
}
