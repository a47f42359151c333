/** AAC as radio stations send it (ADTS, ISO 14496-3, 1.A.3): a header before each packet, and nothing else. */

import { joinedBytes } from "../../arrays.js";
import { Aac, AAC_RATES_HZ, readAacConfig, whatMayComeOut } from "./aac.js";

/**
 * @typedef {import("./packet.js").Link} Link
 * @typedef {import("./packet.js").Packet} Packet
 * @typedef {import("./packet.js").PacketReader} PacketReader
 *
 * @typedef {object} AdtsHeader
 * @property {number} n_head bytes of it
 * @property {number} n_bytes of the frame, with it
 * @property {number} kind what all frames have in common
 */

const HEADER_BYTES = 7;
const CHECKSUM_BYTES = 2;

/** @param {Uint8Array} bytes @param {number} at @returns {AdtsHeader | null} null where no frame begins that we read */
function adtsHeader(bytes, at) {
  if (at + HEADER_BYTES > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xf6) !== 0xf0) return null;
  const n_head = HEADER_BYTES + (bytes[at + 1] & 1 ? 0 : CHECKSUM_BYTES);
  const n_bytes = ((bytes[at + 3] & 3) << 11) | (bytes[at + 4] << 3) | (bytes[at + 5] >> 5);
  const rate_index = (bytes[at + 2] >> 2) & 15;
  const has_one_packet = (bytes[at + 6] & 3) === 0;
  if (n_bytes <= n_head || rate_index >= AAC_RATES_HZ.length || !has_one_packet) return null;
  return { n_head, n_bytes, kind: ((bytes[at + 2] & 0xfd) << 8) | (bytes[at + 3] & 0xc0) };
}

/** @param {number} kind @returns {import("./aac.js").AacConfig} what the header stands for */
function configOf(kind) {
  const [object_type, rate_index, channels] = [(kind >> 14) + 1, (kind >> 10) & 15, (kind >> 6) & 7];
  const bits = (object_type << 11) | (rate_index << 7) | (channels << 3);
  return readAacConfig(Uint8Array.of(bits >> 8, bits & 0xff));
}

/**
 * @param {Blob} file
 * @param {number} first_byte of the first frame
 * @returns {Promise<{reader: AdtsReader, first_byte: number}[]>} one for each that it may be; none: no such frames
 */
export async function openAdts(file, first_byte) {
  const header = adtsHeader(new Uint8Array(await file.slice(first_byte, first_byte + HEADER_BYTES).arrayBuffer()), 0);
  if (!header || configOf(header.kind).n_channels === 0) return [];
  const codecs = whatMayComeOut(configOf(header.kind)).map((config) => new Aac(config));
  return codecs.map((codec) => ({ reader: new AdtsReader(header.kind, codec), first_byte }));
}

/** @implements {PacketReader} */
class AdtsReader {
  /** @param {number} kind of all frames @param {Aac} codec */
  constructor(kind, codec) {
    this._kind = kind;
    this._codec = codec;
    const { config, is_lapped, is_joinable, preroll_samples, lead_samples } = codec;
    const place = { first_sample: lead_samples, end_sample: Infinity };
    /** @type {Link} */
    this._link = { config, is_lapped, is_joinable, preroll_samples, ...place };
    this._unread = new Uint8Array(0);
    this._is_on_track = true; // the next frame begins where the last one ends
  }

  /** @param {Uint8Array} block @returns {Packet[]} */
  push(block) {
    const bytes = joinedBytes([this._unread, block]);
    const packets = [];
    let at = 0;
    for (;;) {
      const frame = this._frame(bytes, at);
      const end = at + (frame?.n_bytes ?? 0);
      if (end + HEADER_BYTES > bytes.length) break;
      if (frame && (this._is_on_track || this._frame(bytes, end))) {
        packets.push(this._packet(bytes.slice(at + frame.n_head, end)));
        [at, this._is_on_track] = [end, true];
      } else {
        const next = bytes.indexOf(0xff, at + 1);
        [at, this._is_on_track] = [next < 0 ? bytes.length : next, false];
      }
    }
    this._unread = bytes.slice(at);
    return packets;
  }

  /** @returns {Packet[]} */
  finish() {
    const frame = this._frame(this._unread, 0);
    if (!frame || !this._is_on_track || frame.n_bytes > this._unread.length) return [];
    return [this._packet(this._unread.subarray(frame.n_head, frame.n_bytes))];
  }

  /** @param {Uint8Array} bytes @param {number} at */
  _frame(bytes, at) {
    const frame = adtsHeader(bytes, at);
    return frame?.kind === this._kind ? frame : null;
  }

  /** @param {Uint8Array} bytes without header @returns {Packet} */
  _packet(bytes) {
    return { link: this._link, bytes, n_samples: this._codec.samplesOf() };
  }
}
