/** The one door to mpg123 (WebAssembly): MPEG audio, layers I to III, as a stream. */

import "../vendor/mpg123-decoder-1.0.3/mpg123-decoder.min.js";

/**
 * @typedef {{channelData: Float32Array[], samplesDecoded: number, sampleRate: number}} Decoded
 * @typedef {{ready: Promise<void>, free(): void, decode(bytes: Uint8Array): Decoded}} MpegDecoder
 */

const { MPEGDecoder } = /** @type {any} */ (globalThis)["mpg123-decoder"];

/**
 * A decoder remembers what it was given: one for each file, or stretch of a file.
 * @param {{is_gapless: boolean}} options whether it is to leave out what the encoder put around the song, which takes
 *     a file from its first frame on
 * @returns {Promise<MpegDecoder>}
 */
export async function createMpegDecoder({ is_gapless }) {
  const decoder = /** @type {MpegDecoder} */ (new MPEGDecoder({ enableGapless: is_gapless }));
  await decoder.ready;
  return decoder;
}
