/** MP4's boxes: a size, a name of four letters, content; some hold boxes (ISO 14496-12). Pure: bytes in, parts out. */

import { ascii, viewOf } from "../bytes.js";

/** A box's size and name, and the same with a size of 64 bits. */
export const HEAD_BYTES = 8;
export const LONG_HEAD_BYTES = 16;
/** More in one box is damage: each takes a moment to look at. */
const MOST_BOXES = 10_000;

/**
 * @param {Uint8Array} head the first LONG_HEAD_BYTES bytes of a box, or all there are
 * @param {number} n_left bytes from there to the end of what the box is in
 * @returns {{type: string, head_bytes: number, n_bytes: number}} n_bytes: with its head, and never less than that
 */
export function boxHead(head, n_left) {
  const view = viewOf(head);
  const is_long = view.getUint32(0) === 1 && head.length >= LONG_HEAD_BYTES;
  const size = is_long ? Number(view.getBigUint64(HEAD_BYTES)) : view.getUint32(0) || n_left;
  const head_bytes = is_long ? LONG_HEAD_BYTES : HEAD_BYTES;
  return { type: ascii(head, 4, 4), head_bytes, n_bytes: Math.max(head_bytes, size) };
}

/**
 * @param {Uint8Array} bytes
 * @returns {Generator<{type: string, content: Uint8Array}>} content: as much of it as is there
 */
export function* boxesIn(bytes) {
  for (let n = 0, at = 0; n < MOST_BOXES && at + HEAD_BYTES <= bytes.length; n += 1) {
    const { type, head_bytes, n_bytes } = boxHead(bytes.subarray(at, at + LONG_HEAD_BYTES), bytes.length - at);
    yield { type, content: bytes.subarray(at + head_bytes, at + n_bytes) };
    at += n_bytes;
  }
}

/**
 * @param {Uint8Array} bytes
 * @param {string} type
 * @param {...string} path of boxes in it
 * @returns {Uint8Array | null} the content of the first one there
 */
export function inside(bytes, type, ...path) {
  for (const box of boxesIn(bytes)) {
    if (box.type !== type) continue;
    const [next, ...rest] = path;
    return next === undefined ? box.content : inside(box.content, next, ...rest);
  }
  return null;
}
