/**
 * Decoding by the browser, for what mpg123 is not made for. decodeAudioData exists on the main thread only, takes whole
 * files and does its work elsewhere; what is done here is copying stretches of its result.
 */

import { SongError } from "../engine/song-error.js";

/** Where the file does not say its rate, or the browser refuses it: the rate of most devices. */
const FALLBACK_RATE_HZ = 48000;
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
 * @throws {SongError} `unreadable-file`, `unsupported`, `broken-audio` or `no-memory`
 */
export async function decodeWhole(file, container, sample_rate_hz) {
  const bytes = await file.arrayBuffer().catch((error) => {
    throw SongError.from(error);
  });
  try {
    return await contextAt(sample_rate_hz ?? FALLBACK_RATE_HZ).decodeAudioData(bytes);
  } catch (error) {
    if (error instanceof RangeError) throw new SongError("no-memory");
    throw new SongError(browserKnows(container) ? "broken-audio" : "unsupported", { container });
  }
}

/**
 * @param {AudioBuffer} buffer
 * @param {number} first_sample
 * @param {number} end_sample
 * @returns {Float32Array[]} a copy of these samples, [channels][end - first]
 */
export function stretch(buffer, first_sample, end_sample) {
  return Array.from({ length: buffer.numberOfChannels }, (_, number) => {
    const samples = new Float32Array(end_sample - first_sample);
    buffer.copyFromChannel(samples, number, first_sample);
    return samples;
  });
}
