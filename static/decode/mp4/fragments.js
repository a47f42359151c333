/** Where the packets of a fragmented MP4 lie: its tables are spread over the file (ISO 14496-12, 8.8). */

import { viewOf } from "../bytes.js";
import { boxesIn, inside } from "./boxes.js";
import { fileBoxes } from "./file-boxes.js";
import { runsOf } from "./sample-table.js";

/**
 * @typedef {import("./sample-table.js").Place} Place
 * @typedef {import("./sample-table.js").Run} Run
 */

/** More that give no packet are damage: each takes a moment to look at. */
const MOST_IDLE_BOXES = 1000;
/** Longer than the description of an hour. */
const LONGEST_FRAGMENT = 1 << 22;
/** What a track's part of a fragment may tell, each as a flag. */
const [BASE, DESCRIPTION, DURATION, SIZE] = [1, 2, 8, 16];
/** And a run of packets in it; then, of each packet. */
const [DATA_OFFSET, FIRST_FLAGS] = [1, 4];
const [EACH_DURATION, EACH_SIZE, EACH_FLAGS, EACH_TIME] = [0x100, 0x200, 0x400, 0x800];

/**
 * @param {Blob} file
 * @param {number} start where its boxes begin
 * @param {Uint8Array} header as `headerBytes` gives it
 * @param {number} track_id
 * @returns {AsyncGenerator<Run>}
 */
export async function* fragmentRuns(file, start, header, track_id) {
  const usual_bytes = usualBytes(header, track_id);
  let n_idle = 0;
  for await (const { type, at, content_at, end } of fileBoxes(file, start)) {
    n_idle += 1;
    if (n_idle > MOST_IDLE_BOXES) return;
    if (type !== "moof") continue;
    const bytes = await file.slice(content_at, Math.min(end, content_at + LONGEST_FRAGMENT)).arrayBuffer();
    for (const run of runsOf(placesIn(new Uint8Array(bytes), at, track_id, usual_bytes), file.size)) {
      n_idle = 0;
      yield run;
    }
  }
}

/** @param {Uint8Array} header @param {number} track_id @returns {number} bytes of packets that tell nothing else */
function usualBytes(header, track_id) {
  for (const { type, content } of boxesIn(inside(header, "moov", "mvex") ?? new Uint8Array(0))) {
    if (type === "trex" && content.length >= 20 && viewOf(content).getUint32(4) === track_id) {
      return viewOf(content).getUint32(16);
    }
  }
  return 0;
}

/**
 * @param {Uint8Array} fragment the content of moof
 * @param {number} at where moof begins in the file
 * @param {number} track_id
 * @param {number} usual_bytes
 * @returns {Generator<Place>}
 */
function* placesIn(fragment, at, track_id, usual_bytes) {
  for (const { type, content: part } of boxesIn(fragment)) {
    const head = type === "traf" ? inside(part, "tfhd") : null;
    if (!head || viewOf(head).getUint32(4) !== track_id) continue;
    const { base, n_bytes } = partHead(viewOf(head), at, usual_bytes);
    let next = base; // a run that does not say where it begins follows the last one
    for (const { type: name, content } of boxesIn(part)) {
      if (name === "trun") next = yield* placesOfRun(viewOf(content), base, next, n_bytes);
    }
  }
}

/** @param {DataView} view @param {number} at @param {number} usual_bytes */
function partHead(view, at, usual_bytes) {
  const flags = view.getUint32(0);
  const size_at = 8 + [BASE, BASE, DESCRIPTION, DURATION].reduce((sum, flag) => sum + (flags & flag ? 4 : 0), 0);
  return {
    base: flags & BASE ? Number(view.getBigUint64(8)) : at,
    n_bytes: flags & SIZE ? view.getUint32(size_at) : usual_bytes,
  };
}

/**
 * @param {DataView} view of trun
 * @param {number} base
 * @param {number} next
 * @param {number} usual_bytes
 * @returns {Generator<Place, number>} and where the last one ends
 */
function* placesOfRun(view, base, next, usual_bytes) {
  const flags = view.getUint32(0);
  let place = flags & DATA_OFFSET ? base + view.getInt32(8) : next;
  let at = 8 + (flags & DATA_OFFSET ? 4 : 0) + (flags & FIRST_FLAGS ? 4 : 0);
  const step = [EACH_DURATION, EACH_SIZE, EACH_FLAGS, EACH_TIME].reduce((sum, flag) => sum + (flags & flag ? 4 : 0), 0);
  for (let n = view.getUint32(4); n > 0 && at + step <= view.byteLength; n -= 1, at += step) {
    const n_bytes = flags & EACH_SIZE ? view.getUint32(at + (flags & EACH_DURATION ? 4 : 0)) : usual_bytes;
    yield { at: place, n_bytes };
    place += n_bytes;
  }
  return place;
}
