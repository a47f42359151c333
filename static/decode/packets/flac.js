/** FLAC (RFC 9639), in files of its own and in Ogg: its header, and where its frames lie. */

import { joinedBytes } from "../../arrays.js";
import { ascii, viewOf } from "../bytes.js";

/**
 * @typedef {object} StreamInfo what all frames have in common
 * @property {Uint8Array} bytes the metadata block, with its header
 * @property {number} sample_rate_hz
 * @property {number} n_channels
 * @property {number} most_samples a channel in a frame
 *
 * @typedef {object} FlacFrame
 * @property {boolean} is_variable whether frames are numbered by their first sample, not one by one
 * @property {number} number
 * @property {number} n_samples a channel
 */

const MARK_BYTES = 4;
const BLOCK_HEADER_BYTES = 4;
const INFO_BYTES = 34;
const LONGEST_HEADER = 16;
const MOST_CHANNELS_CODE = 10;

/** @param {Uint8Array} block STREAMINFO, with its header of four bytes @returns {StreamInfo | null} */
export function readStreamInfo(block) {
  if (block.length < BLOCK_HEADER_BYTES + INFO_BYTES || (block[0] & 0x7f) !== 0) return null;
  const bytes = block.slice(0, BLOCK_HEADER_BYTES + INFO_BYTES);
  bytes[0] = 0x80; // the last block, as it will be where it stands alone
  const packed = viewOf(bytes).getUint32(BLOCK_HEADER_BYTES + 10);
  const most_samples = viewOf(bytes).getUint16(BLOCK_HEADER_BYTES + 2);
  return { bytes, sample_rate_hz: packed >>> 12, n_channels: ((packed >>> 9) & 7) + 1, most_samples };
}

/** @param {StreamInfo} info @returns {AudioDecoderConfig} */
export function flacConfig({ bytes, sample_rate_hz, n_channels }) {
  const description = joinedBytes([Uint8Array.from("fLaC", (char) => char.charCodeAt(0)), bytes]);
  return { codec: "flac", sampleRate: sample_rate_hz, numberOfChannels: n_channels, description };
}

/** @param {Uint8Array} bytes @param {number} at @returns {FlacFrame | null} null where no frame begins */
export function flacFrame(bytes, at) {
  if (bytes[at] !== 0xff || (bytes[at + 1] & 0xfe) !== 0xf8) return null;
  const [size_code, rate_code] = [bytes[at + 2] >> 4, bytes[at + 2] & 15];
  const [channels_code, bits_code] = [bytes[at + 3] >> 4, (bytes[at + 3] >> 1) & 7];
  if (size_code === 0 || rate_code === 15 || channels_code > MOST_CHANNELS_CODE) return null;
  if (bits_code === 3 || bytes[at + 3] & 1) return null;
  const coded = codedNumber(bytes, at + 4);
  if (!coded) return null;
  const after_size = coded.end + ({ 6: 1, 7: 2 }[size_code] ?? 0);
  const end = after_size + ({ 12: 1, 13: 2, 14: 2 }[rate_code] ?? 0);
  if (end >= bytes.length || crc8(bytes, at, end) !== bytes[end]) return null;
  const n_samples = blockSize(size_code, bytes.subarray(coded.end, after_size));
  return { is_variable: (bytes[at + 1] & 1) === 1, number: coded.value, n_samples };
}

/** @param {number} code @param {Uint8Array} extra the bytes that spell it out @returns {number} */
function blockSize(code, extra) {
  if (code === 1) return 192;
  if (code < 6) return 576 << (code - 2);
  if (code > 7) return 256 << (code - 8);
  return extra.reduce((value, byte) => value * 256 + byte, 0) + 1;
}

/** A number as UTF-8 writes it, of up to seven bytes. @param {Uint8Array} bytes @param {number} at */
function codedNumber(bytes, at) {
  const n_ones = Math.clz32(~(bytes[at] << 24));
  if (n_ones === 1 || n_ones > 7) return null;
  const end = at + Math.max(1, n_ones);
  let value = n_ones === 0 ? bytes[at] : bytes[at] & (0x7f >> n_ones);
  for (let i = at + 1; i < end; i += 1) {
    if ((bytes[i] & 0xc0) !== 0x80) return null;
    value = value * 64 + (bytes[i] & 0x3f);
  }
  return { value, end };
}

/** @param {number} width @param {number} polynomial of a checksum that reads the most significant bit first */
const crcTable = (width, polynomial) =>
  Uint16Array.from({ length: 256 }, (_, byte) => {
    let crc = byte << (width - 8);
    for (let bit = 0; bit < 8; bit += 1) crc = crc & (1 << (width - 1)) ? (crc << 1) ^ polynomial : crc << 1;
    return crc & ((1 << width) - 1);
  });

const CRC8 = crcTable(8, 0x07);
const CRC16 = crcTable(16, 0x8005);

/** @param {Uint8Array} bytes @param {number} from @param {number} to */
function crc8(bytes, from, to) {
  let crc = 0;
  for (let i = from; i < to; i += 1) crc = CRC8[crc ^ bytes[i]];
  return crc;
}

/** @param {Uint8Array} frame with its checksum, its last two bytes @returns {boolean} whether all of it is there */
export function isWholeFrame(frame) {
  let crc = 0;
  for (let i = 0; i < frame.length; i += 1) crc = ((crc << 8) & 0xffff) ^ CRC16[(crc >> 8) ^ frame[i]];
  return crc === 0;
}

/** The longest header; and as much as two frames' headers are never apart. */
export const FLAC_HEADER_BYTES = LONGEST_HEADER;

/** FLAC in Ogg: a frame in each packet. */
export class OggFlac {
  static n_headers = 1; // others follow, which are not sound
  is_lapped = false;
  preroll_samples = 0;
  lead_samples = 0;

  /** @param {Uint8Array} packet a stream's first @returns {boolean} */
  static begins(packet) {
    return ascii(packet, 0, 5) === "\x7fFLAC" && readStreamInfo(packet.subarray(9 + MARK_BYTES)) !== null;
  }

  /** @param {Uint8Array[]} headers */
  constructor([head]) {
    this.config = flacConfig(/** @type {StreamInfo} */ (readStreamInfo(head.subarray(9 + MARK_BYTES))));
  }

  /** @param {Uint8Array} packet @returns {boolean} */
  isSound(packet) {
    return flacFrame(packet, 0) !== null;
  }

  /** @param {Uint8Array} packet @returns {number} samples a channel */
  samplesOf(packet) {
    return flacFrame(packet, 0)?.n_samples ?? 0;
  }
}
