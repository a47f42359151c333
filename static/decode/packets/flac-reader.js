/**
 * The frames of FLAC files. Nothing says where a frame ends: it ends where the next one begins, and that is where
 * something looks like the header of a frame with the next number.
 */

import { joinedBytes } from "../../arrays.js";
import { FLAC_HEADER_BYTES, flacConfig, flacFrame, isWholeFrame, readStreamInfo } from "./flac.js";
import { ascii } from "../bytes.js";

/**
 * @typedef {import("./flac.js").FlacFrame} FlacFrame
 * @typedef {import("./packet.js").Link} Link
 * @typedef {import("./packet.js").Packet} Packet
 * @typedef {import("./packet.js").PacketReader} PacketReader
 */

/** More is damage: each takes a moment to look at. */
const MOST_BLOCKS = 1000;
/** After damage the numbers go on, but not with the next one. */
const MOST_LOST_FRAMES = 2000;
const ID3V1_BYTES = 128;
/** Of a frame that does not compress at all; what is around its samples included. */
const MOST_SAMPLE_BYTES = 5;

/**
 * @param {Blob} file
 * @param {number} start where fLaC stands
 * @returns {Promise<{reader: FlacReader, first_byte: number} | null>} null: no header
 */
export async function openFlac(file, start) {
  /** @type {ReturnType<typeof readStreamInfo>} */
  let info = null;
  let at = start + 4;
  for (let n = 0; n < MOST_BLOCKS && at < file.size; n += 1) {
    const block = new Uint8Array(await file.slice(at, at + 64).arrayBuffer());
    info ??= readStreamInfo(block);
    at += 4 + ((block[1] << 16) | (block[2] << 8) | block[3]);
    if (block[0] & 0x80) break;
  }
  return info && info.sample_rate_hz > 0 ? { reader: new FlacReader(info), first_byte: at } : null;
}

/** @implements {PacketReader} */
class FlacReader {
  /** @param {import("./flac.js").StreamInfo} info */
  constructor(info) {
    /** @type {Link} */
    this._link = {
      config: flacConfig(info),
      is_lapped: false,
      preroll_samples: 0,
      first_sample: 0,
      end_sample: Infinity,
    };
    this._info = info;
    this._unread = new Uint8Array(0);
    this._searched = 0; // how far into that
    /** @type {FlacFrame | null} the one that `_unread` begins with */
    this._frame = null;
  }

  /** @param {Uint8Array} block @returns {Packet[]} */
  push(block) {
    const bytes = joinedBytes([this._unread, block]);
    return this._split(bytes, bytes.length - FLAC_HEADER_BYTES);
  }

  /** @param {Uint8Array} bytes from the frame's start on @param {number} end of where headers are looked for */
  _split(bytes, end) {
    const packets = [];
    let [start, at] = [0, bytes.indexOf(0xff, this._searched)];
    for (; at >= 0 && at < end; at = bytes.indexOf(0xff, at + 1)) {
      const next = flacFrame(bytes, at);
      if (!next || !this._follows(next, at - start)) continue;
      if (this._frame) packets.push(this._packet(bytes.subarray(start, at)));
      [this._frame, start] = [next, at];
    }
    const searched = at < 0 ? bytes.length : at;
    if (this._frame && searched - start > this._most_bytes) {
      packets.push(this._packet(bytes.subarray(start))); // what follows it is none of ours
      this._frame = null;
    }
    if (!this._frame) start = searched;
    this._unread = bytes.slice(start);
    this._searched = searched - start;
    return packets;
  }

  /** No frame is longer; it may have more samples than the file's header promises. */
  get _most_bytes() {
    return Math.max(this._info.most_samples, this._frame?.n_samples ?? 0) * this._info.n_channels * MOST_SAMPLE_BYTES;
  }

  /** @returns {Packet[]} */
  finish() {
    const tag = this._unread.length - ID3V1_BYTES;
    const bytes = ascii(this._unread, tag, 3) === "TAG" ? this._unread.subarray(0, tag) : this._unread;
    const packets = this._split(bytes, bytes.length);
    if (this._frame && isWholeFrame(this._unread)) packets.push(this._packet(this._unread));
    return packets;
  }

  /** @param {FlacFrame} next @param {number} n_bytes behind this one's start */
  _follows(next, n_bytes) {
    const frame = this._frame;
    if (!frame || n_bytes > this._most_bytes) return true; // the latter: another file joined to this one, too
    const step = next.is_variable ? frame.n_samples : 1;
    const n_on = next.number - frame.number;
    return next.is_variable === frame.is_variable && n_on >= step && n_on <= step * MOST_LOST_FRAMES;
  }

  /** @param {Uint8Array} bytes from its start on @returns {Packet} */
  _packet(bytes) {
    return { link: this._link, bytes: bytes.subarray(0, this._most_bytes), n_samples: this._frame?.n_samples ?? 0 };
  }
}
