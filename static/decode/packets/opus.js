/** Opus in Ogg (RFC 7845): its header, and how long its packets are (RFC 6716, 3.1). */

import { ascii, viewOf } from "../bytes.js";

const RATE_HZ = 48000; // whatever was put in
/** What a decoder needs to come right after it starts in the middle: 80 ms; it is cheap to be generous. */
const PREROLL_SAMPLES = 12000;
const PRE_SKIP_AT = 10;

/** Samples in a frame, by configuration: SILK, hybrid, CELT. */
const FRAME_SAMPLES = [
  ...[0, 1, 2].flatMap(() => [480, 960, 1920, 2880]),
  ...[0, 1].flatMap(() => [480, 960]),
  ...[0, 1, 2, 3].flatMap(() => [120, 240, 480, 960]),
];

export class Opus {
  /** @param {Uint8Array} packet a stream's first @returns {boolean} */
  static begins(packet) {
    return ascii(packet, 0, 8) === "OpusHead" && packet.length >= 19;
  }

  static n_headers = 2; // itself, comments
  is_lapped = false;
  preroll_samples = PREROLL_SAMPLES;

  /** @param {Uint8Array[]} headers */
  constructor([head]) {
    this.lead_samples = viewOf(head).getUint16(PRE_SKIP_AT, true);
    const description = head.slice();
    // Some decoders cut off what the header tells them to, some do not: it is told nothing, and we cut.
    description.fill(0, PRE_SKIP_AT, PRE_SKIP_AT + 2);
    /** @type {AudioDecoderConfig} */
    this.config = { codec: "opus", sampleRate: RATE_HZ, numberOfChannels: head[9], description };
  }

  /** @param {Uint8Array} packet @returns {boolean} */
  isSound(packet) {
    return packet.length > 0;
  }

  /** @param {Uint8Array} packet @returns {number} samples a channel */
  samplesOf(packet) {
    const n_frames = [1, 2, 2, packet[1] & 63][packet[0] & 3];
    return FRAME_SAMPLES[packet[0] >> 3] * (n_frames || 0);
  }
}
