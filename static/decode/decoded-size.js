/**
 * How much memory a file takes when the browser decodes it whole: what its header says, or a guess. A page that asks
 * for more than there is does not get an error, it is ended.
 */

import { headerBytes, orNull } from "./header-bytes.js";
import { viewOf } from "./bytes.js";
import { soundTrack } from "./mp4/track.js";
import { chunkContent, indexOfText } from "./sample-rate.js";

const SAMPLE_BYTES = 4; // float32
const FALLBACK_RATE_HZ = 48000;
/** Of stereo at 44.1 kHz from 256 kb/s: what a byte becomes in a file that does not say how long it is. */
const USUAL_GROWTH = 11;

/** @typedef {{duration_s: number, n_channels: number}} Extent */

/** @param {Uint8Array} bytes @returns {Extent | null} of the first sound track; AAC may be said to be stereo */
function mp4Extent(bytes) {
  const track = soundTrack(bytes);
  return track && { duration_s: track.duration_s, n_channels: viewOf(track.entry).getUint16(24) };
}

/** @param {Uint8Array} bytes @returns {Extent | null} */
function webmExtent(bytes) {
  const view = viewOf(bytes);
  const [duration, scale] = [indexOfText(bytes, "\x44\x89"), indexOfText(bytes, "\x2a\xd7\xb1\x83")];
  if (duration < 0) return null;
  const n_units = bytes[duration + 2] === 0x88 ? view.getFloat64(duration + 3) : view.getFloat32(duration + 3);
  const unit_ns = scale < 0 ? 1e6 : view.getUint32(scale + 3) & 0xffffff;
  const channels = indexOfText(bytes, "\x9f\x81");
  return { duration_s: (n_units * unit_ns) / 1e9, n_channels: channels < 0 ? 1 : bytes[channels + 2] };
}

/** @param {Uint8Array} bytes @param {number} n_bytes of the file @returns {Extent | null} */
function wavExtent(bytes, n_bytes) {
  const format = chunkContent(bytes, "fmt ", true);
  if (format < 0) return null;
  const view = viewOf(bytes);
  return { duration_s: n_bytes / view.getUint32(format + 8, true), n_channels: view.getUint16(format + 2, true) };
}

/** @type {Record<string, (bytes: Uint8Array, n_bytes: number) => Extent | null>} */
const READERS = { MP4: mp4Extent, WebM: webmExtent, WAV: wavExtent };

/**
 * @param {Blob} file
 * @param {{container: string, sample_rate_hz: number | null, first_byte?: number}} route
 * @returns {Promise<number>}
 */
export async function decodedBytes(file, { container, sample_rate_hz, first_byte = 0 }) {
  const extent = extentOf(await headerBytes(file, container, first_byte), container, file.size);
  if (!extent) return file.size * USUAL_GROWTH;
  return extent.duration_s * (sample_rate_hz ?? FALLBACK_RATE_HZ) * extent.n_channels * SAMPLE_BYTES;
}

/** @param {Uint8Array} bytes @param {string} container @param {number} n_bytes of the file @returns {Extent | null} */
function extentOf(bytes, container, n_bytes) {
  const extent = orNull(() => READERS[container]?.(bytes, n_bytes) ?? null);
  return extent && Number.isFinite(extent.duration_s) && extent.duration_s > 0 ? extent : null;
}
