/**
 * The sample rate that a file says it has, read from its header.
 *
 * decodeAudioData resamples to its context's rate, each browser in its own way; a context at the file's own rate makes
 * that a no-op, and all resampling ours. Pure: bytes in, Hz or null (not found) out.
 */

import { ascii, viewOf } from "./bytes.js";
import { orNull } from "./header-bytes.js";
import { codecsOf } from "./mp4/codec.js";
import { soundTrack } from "./mp4/track.js";
import { AAC_RATES_HZ } from "./packets/aac.js";
import { aiffRateHz } from "./pcm/aiff.js";

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

/** @param {Uint8Array} bytes */
function aiffRate(bytes) {
  const common = chunkContent(bytes, "COMM", false);
  return common < 0 ? null : aiffRateHz(viewOf(bytes), common + 8);
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

/** @param {Uint8Array} bytes */
const adtsRate = (bytes) => AAC_RATES_HZ[(bytes[2] >> 2) & 15] ?? null;

/** The first sound track's. @param {Uint8Array} bytes */
function mp4Rate(bytes) {
  const track = soundTrack(bytes);
  if (!track) return null;
  const [codec] = codecsOf(track.entry);
  return codec?.config.sampleRate ?? (viewOf(track.entry).getUint16(32) || track.timescale);
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
  const rate_hz = orNull(() => READERS[container]?.(bytes) ?? null);
  return rate_hz && Number.isFinite(rate_hz) && rate_hz > 0 ? Math.round(rate_hz) : null;
}
