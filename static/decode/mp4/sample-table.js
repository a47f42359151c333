/** Where an MP4's packets lie (ISO 14496-12, 8.6 and 8.7), which it calls samples. No table is unrolled. */

import { viewOf } from "../bytes.js";
import { inside } from "./boxes.js";

/**
 * @typedef {{at: number, n_bytes: number}} Place
 * @typedef {{at: number, sizes: number[]}} Run packets that follow each other in the file
 */

/** Bytes read at once: some ten seconds. */
const RUN_BYTES = 1 << 18;
/** Longer is damage: FLAC's longest packets have eight channels of 65,535 samples. */
const LONGEST_PACKET = 1 << 21;

/**
 * @param {Uint8Array} table stbl
 * @returns {{n: number, n_bytes: number, sizeOf: (number: number) => number}} n_bytes: of all packets
 */
export function sizesOf(table) {
  const view = viewOf(inside(table, "stsz") ?? new Uint8Array(12));
  const [same, n_told] = [view.getUint32(4), view.getUint32(8)];
  if (same > 0) return { n: n_told, n_bytes: n_told * same, sizeOf: () => same };
  const sizeOf = (/** @type {number} */ number) => view.getUint32(12 + 4 * number);
  const n = Math.min(n_told, Math.floor((view.byteLength - 12) / 4));
  let n_bytes = 0;
  for (let i = 0; i < n; i += 1) n_bytes += sizeOf(i);
  return { n, n_bytes, sizeOf };
}

/**
 * @param {Uint8Array} table stbl
 * @returns {number} ticks that all packets take, the last one's as far as it is no padding; Infinity: not told of all
 */
export function ticksOf(table) {
  const times = inside(table, "stts") ?? new Uint8Array(0);
  const view = viewOf(times);
  let [n, n_ticks] = [0, 0];
  for (let at = 8; at + 8 <= times.length; at += 8) {
    n += view.getUint32(at);
    n_ticks += view.getUint32(at) * view.getUint32(at + 4);
  }
  return n === sizesOf(table).n ? n_ticks : Infinity;
}

/**
 * Chunks are packets that follow each other. A group of chunks tells its first one, counted from 1, and how many
 * packets each of them has.
 * @param {Uint8Array} table stbl
 * @returns {Generator<{at: number, n_packets: number}>}
 */
function* chunksOf(table) {
  const [short, long] = [inside(table, "stco"), inside(table, "co64")];
  const [starts, groups] = [short ?? long, inside(table, "stsc")];
  if (!starts || !groups || groups.length < 20) return;
  const [view, groups_view] = [viewOf(starts), viewOf(groups)];
  const step = short ? 4 : 8;
  let group = 8;
  for (let number = 1, at = 8; at + step <= starts.length; number += 1, at += step) {
    while (group + 24 <= groups.length && groups_view.getUint32(group + 12) <= number) group += 12;
    const start = short ? view.getUint32(at) : Number(view.getBigUint64(at));
    yield { at: start, n_packets: groups_view.getUint32(group + 4) };
  }
}

/** @param {Uint8Array} table stbl @returns {Generator<Place>} of the packets, in the song's order */
export function* placesOf(table) {
  const { n, sizeOf } = sizesOf(table);
  let number = 0;
  for (const { at: start, n_packets } of chunksOf(table)) {
    const end = Math.min(n, number + n_packets);
    for (let at = start; number < end; number += 1) {
      const n_bytes = sizeOf(number);
      yield { at, n_bytes };
      at += n_bytes;
    }
  }
}

/**
 * @param {Iterable<Place>} places
 * @param {number} file_bytes what lies behind is cut off, and more than that in all is a table of nonsense
 * @returns {Generator<Run>} each to be read at once
 */
export function* runsOf(places, file_bytes) {
  /** @type {Run} */
  let run = { at: 0, sizes: [] };
  let [end, n_left] = [0, file_bytes];
  for (const { at, n_bytes } of places) {
    n_left -= n_bytes;
    if (n_bytes === 0 || n_bytes > LONGEST_PACKET || at + n_bytes > file_bytes || n_left < 0) break;
    if (run.sizes.length > 0 && (at !== end || end - run.at > RUN_BYTES)) {
      yield run;
      run = { at, sizes: [] };
    }
    if (run.sizes.length === 0) run.at = at;
    run.sizes.push(n_bytes);
    end = at + n_bytes;
  }
  if (run.sizes.length > 0) yield run;
}
