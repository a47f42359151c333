/** The packets of Ogg files: Opus, Vorbis or FLAC, whole, cut off, chained, or beside a film's pictures. */

import { joinedBytes } from "../../arrays.js";
import { OggFlac } from "./flac.js";
import { OggPages } from "./ogg-pages.js";
import { Opus } from "./opus.js";
import { Vorbis } from "./vorbis.js";

/**
 * @typedef {import("./ogg-pages.js").Page} Page
 * @typedef {import("./packet.js").Packet} Packet
 * @typedef {import("./packet.js").PacketReader} PacketReader
 * @typedef {import("./packet.js").Link} Link
 * @typedef {typeof Opus | typeof Vorbis | typeof OggFlac} Codec
 */

/** @type {Codec[]} */
const CODECS = [Opus, Vorbis, OggFlac];
/** Longer is damage: cover art in a comment is the longest thing there is. */
const LONGEST_PACKET = 1 << 25;

/** @implements {PacketReader} */
export class OggReader {
  constructor() {
    this._pages = new OggPages();
    /** @type {Stream | null} the recording that is being read */
    this._stream = null;
    this._is_choosing = true; // among the streams that begin here, side by side
  }

  /** @param {Uint8Array} block @returns {Packet[]} */
  push(block) {
    return this._pages.push(block).flatMap((page) => {
      if (page.is_first) return this._begin(page);
      this._is_choosing = false;
      return this._stream?.serial === page.serial ? this._stream.push(page) : [];
    });
  }

  /** @returns {Packet[]} */
  finish() {
    return []; // a page that is cut off is none
  }

  /** @param {Page} page @returns {Packet[]} none yet */
  _begin(page) {
    if (!this._is_choosing) this._stream = null; // the next link of a chain
    this._is_choosing = true;
    const codec = CODECS.find((each) => page.pieces.length > 0 && each.begins(page.pieces[0].bytes));
    if (codec && !this._stream) {
      this._stream = new Stream(page.serial, codec);
      this._stream.push(page);
    }
    return [];
  }
}

class Stream {
  /** @param {number} serial @param {Codec} codec */
  constructor(serial, codec) {
    this.serial = serial;
    this._Codec = codec;
    /** @type {InstanceType<Codec> | null} when its headers are there */
    this._codec = null;
    /** @type {Link | null} */
    this._link = null;
    /** @type {Uint8Array[]} */
    this._headers = [];
    /** @type {Uint8Array[] | null} pieces of a packet that goes on in the next page */
    this._open = null;
    this._next_page = -1;
    this._n_decoded = 0;
    this._first_granule = 0;
    this._is_over = false;
  }

  /** @param {Page} page @returns {Packet[]} */
  push(page) {
    if (this._is_over) return [];
    this._is_over = page.is_last;
    const packets = this._wholePackets(page).filter((bytes) => this._isSound(bytes));
    const codec = this._codec;
    if (!codec || packets.length === 0) return [];
    const sizes = packets.map((bytes) => codec.samplesOf(bytes));
    const link = this._placed(page, codec, sizes.reduce((sum, n) => sum + n, 0));
    return packets.map((bytes, i) => ({ link, bytes, n_samples: sizes[i] }));
  }

  /** @param {Page} page */
  _wholePackets({ sequence, is_continued, pieces }) {
    const goes_on = is_continued && sequence === this._next_page && this._open !== null;
    let open = goes_on ? this._open : is_continued ? null : []; // null: the beginning is lost
    this._next_page = sequence + 1;
    const packets = [];
    for (const { bytes, is_whole } of pieces) {
      open?.push(bytes);
      if (!is_whole) continue;
      if (open) packets.push(joinedBytes(open));
      open = [];
    }
    const n_bytes = open?.reduce((sum, { length }) => sum + length, 0) ?? 0;
    this._open = n_bytes > LONGEST_PACKET ? null : open;
    return packets;
  }

  /** @param {Uint8Array} bytes of a packet */
  _isSound(bytes) {
    if (this._codec) return this._codec.isSound(bytes);
    this._headers.push(bytes);
    if (this._headers.length === this._Codec.n_headers) this._codec = new this._Codec(this._headers);
    return false;
  }

  /**
   * Positions in the file count from wherever the recording began. The first tells how far it is into its packets, the
   * last how much of its packets is padding.
   * @param {Page} page
   * @param {InstanceType<Codec>} codec
   * @param {number} n_samples in the page
   * @returns {Link}
   */
  _placed({ granule, is_last }, codec, n_samples) {
    const before = this._n_decoded;
    this._n_decoded += n_samples;
    if (!this._link) {
      this._first_granule = is_last ? Math.min(0, granule) : granule - this._n_decoded;
      const { config, is_lapped, preroll_samples, lead_samples } = codec;
      const first_sample = lead_samples + Math.max(0, -this._first_granule);
      this._link = { config, is_lapped, preroll_samples, first_sample, end_sample: Infinity };
    }
    const end = granule - this._first_granule;
    if (is_last) this._link.end_sample = Math.min(Math.max(end, before), this._n_decoded);
    return this._link;
  }
}
