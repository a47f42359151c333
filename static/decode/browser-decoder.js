/**
 * Decoding by the browser, for what mpg123 is not made for. decodeAudioData exists on the main thread only, takes whole
 * files and does its work elsewhere; what is done here is copying slices of its result.
 */

import { SongError } from "../engine/song-error.js";

/** Where the file does not say its rate, or the browser refuses it: the rate of most devices. */
const FALLBACK_RATE_HZ = 48000;
/** Samples a channel and slice: 3 s of music, copied in well under a millisecond. */
const SLICE_SAMPLES = 1 << 17;

/**
 * What `canPlayType` is asked, to tell a broken file from one whose format this browser does not have.
 * @type {Record<string, string>}
 */
const MIME_TYPES = {
  WAV: "audio/wav",
  FLAC: "audio/flac",
  Ogg: "audio/ogg",
  MP4: "audio/mp4",
  WebM: "audio/webm",
  AAC: "audio/aac",
  AIFF: "audio/aiff",
  CAF: "audio/x-caf",
  WMA: "audio/x-ms-wma",
  AMR: "audio/amr",
  AU: "audio/basic",
};

/** @param {string} container */
const browserKnows = (container) => document.createElement("audio").canPlayType(MIME_TYPES[container] ?? "") !== "";

/** @param {number} rate_hz @returns {OfflineAudioContext} only for its decoder: nothing is ever rendered */
function contextAt(rate_hz) {
  try {
    return new OfflineAudioContext(1, 1, rate_hz);
  } catch {
    return new OfflineAudioContext(1, 1, FALLBACK_RATE_HZ);
  }
}

/**
 * @param {Blob} file
 * @param {string} container
 * @param {number | null} sample_rate_hz
 * @returns {Promise<AudioBuffer>}
 * @throws {SongError} `unsupported`, `broken-audio` or `no-memory`
 */
export async function decodeWhole(file, container, sample_rate_hz) {
  try {
    return await contextAt(sample_rate_hz ?? FALLBACK_RATE_HZ).decodeAudioData(await file.arrayBuffer());
  } catch (error) {
    if (error instanceof RangeError) throw new SongError("no-memory");
    throw new SongError(browserKnows(container) ? "broken-audio" : "unsupported", { container });
  }
}

/**
 * @param {AudioBuffer} buffer
 * @returns {Generator<{channels: Float32Array[], fraction: number}>} fraction: how much of the song is given with it
 */
export function* slices(buffer) {
  const numbers = Array.from({ length: buffer.numberOfChannels }, (_, i) => i);
  for (let at = 0; at < buffer.length; at += SLICE_SAMPLES) {
    const n = Math.min(SLICE_SAMPLES, buffer.length - at);
    const channels = numbers.map((number) => {
      const slice = new Float32Array(n);
      buffer.copyFromChannel(slice, number, at);
      return slice;
    });
    yield { channels, fraction: (at + n) / buffer.length };
  }
}
