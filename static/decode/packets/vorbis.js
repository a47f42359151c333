/** Vorbis in Ogg (Vorbis I specification): its headers, and how long its packets are. */

import { joinedBytes } from "../../arrays.js";
import { ascii, viewOf } from "../bytes.js";

/** Bits of a mode behind its block flag: window type, transform type, mapping. */
const [TYPE_BITS, MAPPING_BITS] = [16, 8];
const MOST_MODES = 64;

export class Vorbis {
  /** @param {Uint8Array} packet a stream's first @returns {boolean} */
  static begins(packet) {
    return ascii(packet, 0, 7) === "\x01vorbis" && packet.length >= 30;
  }

  static n_headers = 3; // itself, comments, setup
  is_lapped = true;
  preroll_samples = 0;
  lead_samples = 0;

  /** @param {Uint8Array[]} headers identification, comments, setup */
  constructor(headers) {
    const [head, , setup] = headers;
    this._block_samples = [2 ** (head[28] & 15), 2 ** (head[28] >> 4)];
    this._modes = blockFlags(setup);
    this._last_block = 0;
    const sizes = headers.slice(0, -1).flatMap(({ length }) => laced(length));
    /** @type {AudioDecoderConfig} */
    this.config = {
      codec: "vorbis",
      sampleRate: viewOf(head).getUint32(12, true),
      numberOfChannels: head[11],
      description: joinedBytes([Uint8Array.of(headers.length - 1, ...sizes), ...headers]),
    };
  }

  /** @param {Uint8Array} packet @returns {boolean} */
  isSound(packet) {
    return packet.length > 0 && (packet[0] & 1) === 0;
  }

  /**
   * A packet gives what lies between the middle of the block before and the middle of its own.
   * @param {Uint8Array} packet the next one
   * @returns {number} samples a channel
   */
  samplesOf(packet) {
    const mode_bits = Math.ceil(Math.log2(this._modes.length));
    const block = this._block_samples[this._modes[(packet[0] >> 1) & ((1 << mode_bits) - 1)] ?? 0];
    const n_samples = this._last_block === 0 ? 0 : (this._last_block + block) / 4;
    this._last_block = block;
    return n_samples;
  }
}

/** @param {number} length @returns {number[]} as Ogg writes it */
const laced = (length) => [...Array(Math.floor(length / 255)).fill(255), length % 255];

/**
 * The list of modes is the last thing in the setup header; what is before it would have to be decoded to be skipped. So
 * it is read backwards: modes as long as they look like modes, before them how many there are.
 * @param {Uint8Array} setup
 * @returns {number[]} for each mode, 1 for long blocks
 */
function blockFlags(setup) {
  /** @param {number} end @param {number} n @returns {number} the n bits before a bit, the first one lowest */
  const bits = (end, n) => {
    let value = 0;
    for (let at = end - 1; at >= end - n; at -= 1) value = value * 2 + ((setup[at >> 3] >> (at & 7)) & 1);
    return value;
  };
  let end = setup.length * 8;
  while (end > 0 && bits(end, 1) === 0) end -= 1;
  end -= 1; // the framing bit
  const flags = [];
  /** @type {number[]} */
  let found = [];
  while (flags.length < MOST_MODES && end > MAPPING_BITS + 2 * TYPE_BITS + 1 + 6) {
    if (bits(end, MAPPING_BITS) > MOST_MODES - 1 || bits(end - MAPPING_BITS, 2 * TYPE_BITS) !== 0) break;
    end -= MAPPING_BITS + 2 * TYPE_BITS + 1;
    flags.unshift(bits(end + 1, 1));
    if (bits(end, 6) + 1 === flags.length) found = flags.slice();
  }
  return found.length > 0 ? found : [0];
}
