/** An MP4's sound: what its description says of it. Pure; reading behind the description's end is a RangeError. */

import { ascii, viewOf } from "../bytes.js";
import { boxesIn, inside } from "./boxes.js";

/**
 * @typedef {object} SoundTrack
 * @property {number} id
 * @property {number} timescale ticks a second, in which the track's times are written
 * @property {number} duration_s as its header says
 * @property {Uint8Array} entry the first description of its samples, from its size on
 * @property {number} n_entries
 * @property {Uint8Array} table the content of stbl
 * @property {Edit | null} edit null: the song is what it is
 *
 * What of a track is the song, the rest being an encoder's padding.
 * @typedef {{first_tick: number, n_ticks: number}} Edit
 */

/** @param {Uint8Array} bytes as `headerBytes` gives them @returns {SoundTrack | null} the first */
export function soundTrack(bytes) {
  const moov = inside(bytes, "moov") ?? new Uint8Array(0);
  for (const { type, content: trak } of boxesIn(moov)) {
    if (type !== "trak") continue;
    const handler = inside(trak, "mdia", "hdlr");
    const table = inside(trak, "mdia", "minf", "stbl");
    const description = table && inside(table, "stsd");
    if (!handler || ascii(handler, 8, 4) !== "soun" || !description) continue;
    const time = mediaTime(inside(trak, "mdia", "mdhd"));
    const edit = appleEdit(moov) ?? listedEdit(moov, trak, time.timescale);
    const entry = description.subarray(8);
    return { id: trackId(trak), ...time, entry, n_entries: viewOf(description).getUint32(4), table, edit };
  }
  return null;
}

/** @param {Uint8Array | null} header mdhd @returns {{timescale: number, duration_s: number}} */
function mediaTime(header) {
  if (!header) return { timescale: 0, duration_s: 0 };
  const view = viewOf(header);
  const is_long = header[0] === 1;
  const timescale = view.getUint32(is_long ? 20 : 12);
  const n_ticks = is_long ? Number(view.getBigUint64(24)) : view.getUint32(16);
  return { timescale, duration_s: n_ticks / timescale };
}

/** @param {Uint8Array} trak @returns {number} */
function trackId(trak) {
  const header = inside(trak, "tkhd");
  return header ? viewOf(header).getUint32(header[0] === 1 ? 20 : 12) : 0;
}

/**
 * The edit list. An empty edit, a pause before the song, is passed over.
 * @param {Uint8Array} moov
 * @param {Uint8Array} trak
 * @param {number} timescale
 * @returns {Edit | null}
 */
function listedEdit(moov, trak, timescale) {
  const [list, movie] = [inside(trak, "edts", "elst"), inside(moov, "mvhd")];
  if (!list || !movie) return null;
  const view = viewOf(list);
  const is_long = list[0] === 1;
  const movie_timescale = viewOf(movie).getUint32(movie[0] === 1 ? 20 : 12);
  for (let n = 0, at = 8; n < Math.min(2, view.getUint32(4)); n += 1, at += is_long ? 20 : 12) {
    const duration = is_long ? Number(view.getBigUint64(at)) : view.getUint32(at);
    const first_tick = is_long ? Number(view.getBigInt64(at + 8)) : view.getInt32(at + 4);
    // A duration of 0 stands for all there is, in a file that was written before that was known.
    if (first_tick >= 0) return { first_tick, n_ticks: (duration * timescale) / movie_timescale || Infinity };
  }
  return null;
}

/**
 * What Apple's encoders write: priming, padding and the song's samples, as hexadecimal numbers in a comment.
 * @param {Uint8Array} moov
 * @returns {Edit | null}
 */
function appleEdit(moov) {
  const meta = inside(moov, "udta", "meta");
  const list = meta && inside(meta.subarray(4), "ilst");
  for (const { type, content } of list ? boxesIn(list) : []) {
    if (type !== "----" || textOf(content, "name") !== "iTunSMPB") continue;
    const [, priming, , n_samples] = textOf(content, "data", 8).trim().split(/ +/).map((word) => parseInt(word, 16));
    return priming >= 0 && n_samples > 0 ? { first_tick: priming, n_ticks: n_samples } : null;
  }
  return null;
}

/** @param {Uint8Array} content @param {string} type @param {number} [skip] */
function textOf(content, type, skip = 4) {
  const text = inside(content, type);
  return text ? ascii(text, skip, Math.min(text.length - skip, 200)) : "";
}
