/** The one door to mpg123 (WebAssembly): MPEG audio, layers I to III, as a stream, without the encoder's padding. */

import "../vendor/mpg123-decoder-1.0.3/mpg123-decoder.min.js";

/**
 * @typedef {{channelData: Float32Array[], samplesDecoded: number, sampleRate: number}} Decoded
 * @typedef {{ready: Promise<void>, free(): void, decode(bytes: Uint8Array): Decoded}} MpegDecoder
 */

const { MPEGDecoder } = /** @type {any} */ (globalThis)["mpg123-decoder"];

/** @returns {Promise<MpegDecoder>} for one song */
export async function createMpegDecoder() {
  const decoder = /** @type {MpegDecoder} */ (new MPEGDecoder());
  await decoder.ready;
  return decoder;
}
