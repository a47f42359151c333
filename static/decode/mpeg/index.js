/**
 * Where the frames of an MPEG audio file lie, found by following its headers, without decoding: with that, any stretch
 * of the song can be decoded on its own.
 */

import { joinedBytes, release } from "../../arrays.js";
import { frameHeader } from "./frames.js";
import { readInfoFrame } from "./info.js";

/**
 * @typedef {import("./frames.js").FrameHeader} FrameHeader
 * @typedef {import("./info.js").InfoFrame} InfoFrame
 */

/** What may stand behind the last frame: tags of version 1 (ID3v1), APE and Lyrics3. */
const CLOSING_TAGS = ["TAG", "APETAGEX", "LYRICSBEGIN"].map((tag) => [...tag].map((char) => char.charCodeAt(0)));
const LONGEST_TAG = Math.max(...CLOSING_TAGS.map((tag) => tag.length));

/** Streaming: the file's bytes in, the list of frames out. */
export class MpegIndex {
  /** @param {number} first_byte of the file's first frame: what is pushed starts there */
  constructor(first_byte) {
    /** The first byte of each frame of sound; the info frame, which has none, is left out. */
    this.starts = /** @type {number[]} */ ([]);
    /** The byte behind the last whole frame. */
    this.end = first_byte;
    /** @type {FrameHeader | null} what all frames have in common */
    this.format = null;
    /** @type {InfoFrame | null} */
    this.info = null;
    /** open: more may follow; ended: all is known; irregular: what follows `end` is no frame of the same kind. */
    this.state = /** @type {"open" | "ended" | "irregular"} */ ("open");
    this._first_byte = first_byte;
    this._unread = new Uint8Array(0); // from `end` on
  }

  /** Samples a channel in all frames so far. */
  get n_samples() {
    return this.starts.length * (this.format?.n_samples ?? 0);
  }

  /** @param {Uint8Array} block the next bytes of the file */
  push(block) {
    const bytes = this._unread.length === 0 ? block : joinedBytes([this._unread, block]);
    let at = 0;
    while (this.state === "open" && at + LONGEST_TAG <= bytes.length) {
      const length = this._frameAt(bytes, at);
      if (length === 0 || at + length > bytes.length) break;
      this._add(bytes.subarray(at, at + length));
      at += length;
    }
    this._unread = bytes.slice(at);
    if (bytes !== block) release(bytes);
  }

  /** The file is over; a last frame that is cut off is none. */
  finish() {
    if (this.state === "open") this.state = "ended";
  }

  /** @param {Uint8Array} bytes @param {number} at @returns {number} its length; 0 where the frames end */
  _frameAt(bytes, at) {
    const header = frameHeader(bytes, at);
    if (header && header.length > 0 && this._fits(header)) return header.length;
    const is_closing = CLOSING_TAGS.some((tag) => tag.every((byte, i) => bytes[at + i] === byte));
    this.state = is_closing ? "ended" : "irregular";
    return 0;
  }

  /** @param {FrameHeader} header */
  _fits({ layer, sample_rate_hz, channels }) {
    const format = this.format;
    if (!format) return true;
    return layer === format.layer && sample_rate_hz === format.sample_rate_hz && channels === format.channels;
  }

  /** @param {Uint8Array} frame */
  _add(frame) {
    if (!this.format) {
      this.format = /** @type {FrameHeader} */ (frameHeader(frame, 0));
      this.info = readInfoFrame(frame, this.format);
    }
    const is_sound = this.info === null || this.end !== this._first_byte;
    if (is_sound) this.starts.push(this.end);
    this.end += frame.length;
    if (this.info && this.info.n_frames > 0 && this.starts.length > this.info.n_frames) this.state = "irregular";
  }
}
