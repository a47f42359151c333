/** Ogg (RFC 3533): bytes in, pages out. Pages that do not match their checksum are left out, as players do. */

import { joinedBytes } from "../../arrays.js";
import { viewOf } from "../bytes.js";

/**
 * @typedef {object} Page
 * @property {number} serial of the stream that it belongs to
 * @property {boolean} is_continued its first piece goes on with the packet before
 * @property {boolean} is_first of its stream
 * @property {boolean} is_last of its stream
 * @property {number} sequence its number in the stream
 * @property {number} granule the position behind its last whole packet, as the codec counts; -1: none ends here
 * @property {{bytes: Uint8Array, is_whole: boolean}[]} pieces of packets; the last may go on in the next page
 */

const HEADER_BYTES = 27;
const [CONTINUED, FIRST, LAST] = [1, 2, 4];
const CRC_AT = 22;
/** Wrong pages overlap, and each is checked to its end: after so many bytes of them the block is left at that. */
const MOST_WRONG_BYTES = 1 << 20;

/** Polynomial 0x04c11db7, most significant bit first. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  return crc;
});

/** @param {Uint8Array} page @returns {number} of the page with zeros in the checksum's place */
function checksum(page) {
  let crc = 0;
  for (let i = 0; i < page.length; i += 1) {
    const byte = i >= CRC_AT && i < CRC_AT + 4 ? 0 : page[i];
    crc = (crc << 8) ^ CRC_TABLE[(crc >>> 24) ^ byte];
  }
  return crc >>> 0;
}

export class OggPages {
  constructor() {
    this._unread = new Uint8Array(0);
  }

  /** @param {Uint8Array} block the next bytes of the file @returns {Page[]} */
  push(block) {
    const bytes = joinedBytes([this._unread, block]);
    const pages = [];
    let n_wrong_bytes = 0;
    let at = nextCapture(bytes, 0);
    while (at + HEADER_BYTES <= bytes.length) {
      const body = at + HEADER_BYTES + bytes[at + 26];
      const end = bytes.subarray(at + HEADER_BYTES, body).reduce((sum, lace) => sum + lace, body);
      if (body > bytes.length || end > bytes.length) break;
      const page = bytes.subarray(at, end);
      const is_right = checksum(page) === viewOf(page).getUint32(CRC_AT, true);
      if (is_right) pages.push(readPage(page));
      else n_wrong_bytes += page.length;
      at = n_wrong_bytes < MOST_WRONG_BYTES ? nextCapture(bytes, is_right ? end : at + 4) : bytes.length;
    }
    this._unread = bytes.slice(at);
    return pages;
  }
}

/** @param {Uint8Array} bytes @param {number} from @returns {number} where the next page may begin */
function nextCapture(bytes, from) {
  for (let at = bytes.indexOf(0x4f, from); at >= 0; at = bytes.indexOf(0x4f, at + 1)) {
    if ([0x4f, 0x67, 0x67, 0x53].every((byte, i) => at + i >= bytes.length || bytes[at + i] === byte)) return at;
  }
  return bytes.length;
}

/** @param {Uint8Array} page whole @returns {Page} */
function readPage(page) {
  const view = viewOf(page);
  const laces = page.subarray(HEADER_BYTES, HEADER_BYTES + page[26]);
  const pieces = [];
  let [start, end] = [HEADER_BYTES + laces.length, HEADER_BYTES + laces.length];
  for (const [i, lace] of laces.entries()) {
    end += lace;
    const is_whole = lace < 255;
    if (!is_whole && i + 1 < laces.length) continue;
    pieces.push({ bytes: page.subarray(start, end), is_whole });
    start = end;
  }
  return {
    serial: view.getUint32(14, true),
    is_continued: (page[5] & CONTINUED) !== 0,
    is_first: (page[5] & FIRST) !== 0,
    is_last: (page[5] & LAST) !== 0,
    sequence: view.getUint32(18, true),
    granule: Number(view.getBigInt64(6, true)),
    pieces,
  };
}
