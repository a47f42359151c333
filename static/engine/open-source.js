/** Where a song's segments come from, by what its file is. */

import { decodedBytes } from "../decode/decoded-size.js";
import { MpegSource } from "../decode/mpeg/source.js";
import { openPackets } from "../decode/packets/source.js";
import { pcmStretch } from "../decode/pcm/format.js";
import { PcmSource } from "../decode/pcm/source.js";
import { SongError } from "./song-error.js";

/** What a tab can be asked to hold at once: three quarters of an hour of stereo. Phones end tabs that hold more. */
const MOST_DECODED_BYTES = 1 << 30;

/**
 * @param {Blob} file
 * @param {import("../decode/identify.js").Route} route
 * @param {import("../contract.js").Contract} contract
 * @param {AbortSignal} [signal] ends the reading of the file
 * @returns {Promise<import("./song.js").Source | null>} null where only the browser can decode it, and whole
 * @throws {SongError} `no-memory`
 */
export async function openSource(file, route, contract, signal) {
  if (route.by === "mpg123") return new MpegSource(file, route.first_byte, contract, signal);
  if (route.by === "pcm") return new PcmSource(route.layout, pcmStretch(file, route.layout), contract);
  const source = route.by === "packets" ? await openPackets(file, route, contract, signal) : null;
  if (!source && (await decodedBytes(file, route)) > MOST_DECODED_BYTES) throw new SongError("no-memory");
  return source;
}
