/**
 * The sample rate that a file says it has, read from its header.
 *
 * decodeAudioData resamples to its context's rate, each browser in its own way; a context at the file's own rate makes
 * that a no-op, and all resampling ours. Pure: bytes in, Hz or null (not found) out.
 */

import { ascii, viewOf } from "./bytes.js";

/** @param {Uint8Array} bytes @param {string} text @returns {number} where it first stands, or -1 */
export function indexOfText(bytes, text) {
  for (let at = bytes.indexOf(text.charCodeAt(0)); at >= 0; at = bytes.indexOf(text.charCodeAt(0), at + 1)) {
    if (ascii(bytes, at, text.length) === text) return at;
  }
  return -1;
}

/**
 * RIFF and AIFF: chunks of a four-letter name, a size, and content padded to even length.
 * @param {Uint8Array} bytes
 * @param {string} name
 * @param {boolean} little_endian
 * @returns {number} where the chunk's content starts, or -1
 */
export function chunkContent(bytes, name, little_endian) {
  const data = viewOf(bytes);
  for (let at = 12; at + 8 <= bytes.length;) {
    if (ascii(bytes, at, 4) === name) return at + 8;
    const size = data.getUint32(at + 4, little_endian);
    at += 8 + size + (size % 2);
  }
  return -1;
}

/** @param {Uint8Array} bytes */
function wavRate(bytes) {
  const format = chunkContent(bytes, "fmt ", true);
  return format < 0 ? null : viewOf(bytes).getUint32(format + 4, true);
}

/**
 * AIFF writes its rate as an 80-bit float.
 * @param {Uint8Array} bytes
 */
function aiffRate(bytes) {
  const common = chunkContent(bytes, "COMM", false);
  if (common < 0) return null;
  const exponent = (viewOf(bytes).getUint16(common + 8) & 0x7fff) - 16383;
  return Math.round(viewOf(bytes).getUint32(common + 10) * 2 ** (exponent - 31));
}

/**
 * STREAMINFO: 20 bits, 10 bytes into the block.
 * @param {Uint8Array} bytes
 */
function flacRate(bytes) {
  const info = indexOfText(bytes, "fLaC") + 8;
  return viewOf(bytes).getUint32(info + 10) >>> 12;
}

/** @param {Uint8Array} bytes */
function oggRate(bytes) {
  if (indexOfText(bytes, "OpusHead") >= 0) return 48000; // Opus always decodes at 48 kHz
  const vorbis = indexOfText(bytes, "\x01vorbis");
  if (vorbis >= 0) return viewOf(bytes).getUint32(vorbis + 12, true);
  return indexOfText(bytes, "fLaC") >= 0 ? flacRate(bytes) : null;
}

/** @param {Uint8Array} bytes */
function webmRate(bytes) {
  if (indexOfText(bytes, "A_OPUS") >= 0) return 48000;
  const float32 = indexOfText(bytes, "\xb5\x84"); // SamplingFrequency, 4 bytes
  const float64 = indexOfText(bytes, "\xb5\x88"); // the same in 8 bytes; whichever is first: sound looks like anything
  if (float32 >= 0 && (float64 < 0 || float32 < float64)) return viewOf(bytes).getFloat32(float32 + 2);
  return float64 >= 0 ? viewOf(bytes).getFloat64(float64 + 2) : null;
}

const AAC_RATES_HZ = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350];

/** @param {Uint8Array} bytes */
const adtsRate = (bytes) => AAC_RATES_HZ[(bytes[2] >> 2) & 15] ?? null;

const MP4_FOLDERS = new Set(["moov", "trak", "mdia", "minf", "stbl"]);

/**
 * The boxes along the way to the sample descriptions, depth first.
 * @param {Uint8Array} bytes
 * @param {number} from
 * @param {number} to
 * @returns {Generator<{type: string, at: number, end: number}>} at: the content's first byte
 */
export function* mp4Boxes(bytes, from, to) {
  const data = viewOf(bytes);
  for (let at = from; at + 8 <= to;) {
    const is_large = data.getUint32(at) === 1 && at + 16 <= to;
    const size = is_large ? Number(data.getBigUint64(at + 8)) : data.getUint32(at) || to - at;
    const type = ascii(bytes, at + 4, 4);
    const content = at + (is_large ? 16 : 8);
    const end = Math.min(at + size, to);
    if (MP4_FOLDERS.has(type)) yield* mp4Boxes(bytes, content, end);
    else yield { type, at: content, end };
    at += Math.max(8, size);
  }
}

/**
 * AAC with spectral band replication decodes at twice the rate that the box says; its own header knows.
 * @param {Uint8Array} entry
 * @returns {number | null}
 */
function aacExtensionRate(entry) {
  /**
   * Descriptors are a tag, a length in one to four bytes, and content (ISO 14496-1).
   * @param {number} at
   */
  const content = (at) => {
    while (entry[at + 1] & 0x80) at += 1;
    return at + 2;
  };
  const es = indexOfText(entry, "esds") + 8;
  const decoder = content(es) + 3;
  const specific = content(decoder) + 13;
  if (es < 8 || entry[es] !== 3 || entry[decoder] !== 4 || entry[specific] !== 5) return null;
  // 5 bits of object type, 4 of rate, 4 of channels; with replication (5, 29) then 4 of the rate that comes out.
  const bits = viewOf(entry).getUint32(content(specific));
  return [5, 29].includes(bits >>> 27) ? (AAC_RATES_HZ[(bits >>> 15) & 15] ?? null) : null;
}

/**
 * The first sound track's rate.
 * @param {Uint8Array} bytes
 */
function mp4Rate(bytes) {
  let timescale = 0;
  let is_sound = false;
  for (const { type, at, end } of mp4Boxes(bytes, 0, bytes.length)) {
    if (type === "mdhd") timescale = viewOf(bytes).getUint32(at + (bytes[at] === 1 ? 20 : 12));
    if (type === "hdlr") is_sound = ascii(bytes, at + 8, 4) === "soun";
    if (type !== "stsd" || !is_sound || at + 44 > end) continue;
    const entry = bytes.subarray(at + 8, end);
    if (ascii(entry, 4, 4) === "Opus") return 48000;
    return aacExtensionRate(entry) ?? (viewOf(entry).getUint16(32) || timescale);
  }
  return null;
}

/** @type {Record<string, (bytes: Uint8Array) => number | null>} */
const READERS = {
  WAV: wavRate,
  "compressed WAV": wavRate,
  AIFF: aiffRate,
  FLAC: flacRate,
  Ogg: oggRate,
  WebM: webmRate,
  AAC: adtsRate,
  MP4: mp4Rate,
};

/**
 * @param {string} container as `fileKind` names it
 * @param {Uint8Array} bytes as `headerBytes` gives them
 * @returns {number | null} Hz; null when the header does not say, or is cut off
 */
export function headerSampleRate(container, bytes) {
  try {
    const rate_hz = READERS[container]?.(bytes) ?? null;
    return rate_hz && Number.isFinite(rate_hz) && rate_hz > 0 ? Math.round(rate_hz) : null;
  } catch (error) {
    if (error instanceof RangeError) return null; // the header goes on behind the end of the file
    throw error;
  }
}
