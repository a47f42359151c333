/** Looks into a file, no further than needed, and says by which way it is to be decoded. */

import { SongError } from "../engine/song-error.js";
import { fileKind } from "./container.js";
import { headerBytes } from "./header-bytes.js";
import { findFirstFrame, frameHeader, id3Size } from "./mpeg/frames.js";
import { headerSampleRate } from "./sample-rate.js";
import { readAiffLayout } from "./pcm/aiff.js";
import { readWavLayout } from "./pcm/wav.js";

/**
 * @typedef {{by: "mpg123", first_byte: number}} MpegRoute
 * @typedef {{container: string, sample_rate_hz: number | null}} Named as listeners know it, and as its header says
 * @typedef {Named & {by: "pcm", layout: import("./pcm/format.js").PcmLayout}} PcmRoute
 * @typedef {Named & {by: "packets", first_byte: number}} PacketRoute the browser's, where that cannot be
 * @typedef {Named & {by: "browser"}} BrowserRoute
 * @typedef {MpegRoute | PcmRoute | PacketRoute | BrowserRoute} Route
 */

/** @type {Record<string, (file: Blob, start: number) => Promise<import("./pcm/format.js").PcmLayout | null>>} */
const PCM_LAYOUTS = { WAV: readWavLayout, AIFF: readAiffLayout };
const PACKETS = new Set(["FLAC", "Ogg", "MP4", "AAC"]);
const HEAD_BYTES = 1 << 16;
/** How much junk before the first MPEG frame is looked through. */
const SEARCH_BYTES = 1 << 20;

/** @param {Blob} file @param {number} from @param {number} n @returns {Promise<Uint8Array>} */
const read = async (file, from, n) => new Uint8Array(await file.slice(from, from + n).arrayBuffer());

/**
 * @param {Blob} file
 * @returns {Promise<Route>}
 * @throws {SongError} `empty-file` or `not-audio`
 */
export async function identify(file) {
  if (file.size === 0) {
    await file.arrayBuffer(); // throws where the file is gone, which has no size either
    throw new SongError("empty-file");
  }
  const start = await read(file, 0, HEAD_BYTES);
  const tag_bytes = Math.min(id3Size(start), file.size);
  const head = tag_bytes === 0 ? start : await read(file, tag_bytes, HEAD_BYTES);
  const kind = fileKind(head);
  if (kind?.kind === "other") throw new SongError("not-audio", { looks_like: kind.name });
  if (kind) {
    const container = kind.name;
    const sample_rate_hz = headerSampleRate(container, await headerBytes(file, container, tag_bytes));
    const layout = (await PCM_LAYOUTS[container]?.(file, tag_bytes)) ?? null;
    if (layout) return { by: "pcm", container, sample_rate_hz, layout };
    if (PACKETS.has(container)) return { by: "packets", container, sample_rate_hz, first_byte: tag_bytes };
    return { by: "browser", container, sample_rate_hz };
  }
  const first_byte = await findMpeg(file, tag_bytes, head);
  if (first_byte < 0) throw new SongError("not-audio");
  return { by: "mpg123", first_byte };
}

/**
 * @param {Blob} file
 * @param {number} tag_bytes
 * @param {Uint8Array} head what follows the tag
 * @returns {Promise<number>} the first frame's first byte, or -1
 */
async function findMpeg(file, tag_bytes, head) {
  const soon = findFirstFrame(head);
  if (soon >= 0) return tag_bytes + soon;
  // A tag that claims more than the file holds may be a lie about its size: then look behind its first bytes.
  const from = tag_bytes === file.size ? Math.min(10, file.size) : tag_bytes;
  const late = findFirstFrame(await read(file, from, SEARCH_BYTES));
  if (late >= 0) return from + late;
  // A file of a frame or two, or of free-format frames, has nothing to compare with: take it at its word.
  return frameHeader(head, 0) ? tag_bytes : -1;
}
