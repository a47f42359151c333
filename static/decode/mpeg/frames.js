/**
 * MPEG audio frame headers (ISO 11172-3, 13818-3; layers I to III, and the unofficial MPEG 2.5): enough to tell a
 * real stream from bytes that happen to look like one, and to find where it begins.
 */

const BIT_RATES_KBPS = {
  1: [
    [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  ],
  2: [
    [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  ],
};
const SAMPLE_RATES_HZ = [44100, 48000, 32000];
/** By the header's version bits: MPEG 2.5, (reserved), 2, 1. */
const RATE_DIVISORS = [4, 0, 2, 1];
const FRAMES_IN_A_ROW = 3;

/**
 * @typedef {object} FrameHeader
 * @property {number} layer 1 to 3
 * @property {number} sample_rate_hz
 * @property {number} channels 1 or 2
 * @property {number} n_samples per channel
 * @property {number} length in bytes, header included; 0 for free-format frames, which do not say
 */

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {FrameHeader | null} null where no frame can start
 */
export function frameHeader(bytes, at) {
  if (at + 4 > bytes.length || bytes[at] !== 0xff || (bytes[at + 1] & 0xe0) !== 0xe0) return null;
  const divisor = RATE_DIVISORS[(bytes[at + 1] >> 3) & 3];
  const layer = 4 - ((bytes[at + 1] >> 1) & 3);
  const bit_rate_index = bytes[at + 2] >> 4;
  const rate_index = (bytes[at + 2] >> 2) & 3;
  if (divisor === 0 || layer === 4 || bit_rate_index === 15 || rate_index === 3) return null;
  const sample_rate_hz = SAMPLE_RATES_HZ[rate_index] / divisor;
  const bit_rate = BIT_RATES_KBPS[divisor === 1 ? 1 : 2][layer - 1][bit_rate_index] * 1000;
  const padding = (bytes[at + 2] >> 1) & 1;
  const channels = bytes[at + 3] >> 6 === 3 ? 1 : 2;
  const n_samples = layer === 1 ? 384 : layer === 3 && divisor > 1 ? 576 : 1152;
  const slot_bytes = layer === 1 ? 4 : 1;
  const slots = Math.floor((n_samples * bit_rate) / (8 * slot_bytes * sample_rate_hz)) + padding;
  return { layer, sample_rate_hz, channels, n_samples, length: bit_rate === 0 ? 0 : slots * slot_bytes };
}

/**
 * Whether frames of one kind follow each other from `at` on, or run into the end of the file.
 * @param {Uint8Array} bytes
 * @param {number} at
 */
function framesFollow(bytes, at) {
  const first = frameHeader(bytes, at);
  let next = first;
  for (let n = 1; next && first; n += 1) {
    if (n === FRAMES_IN_A_ROW) return true;
    if (next.length === 0 || next.layer !== first.layer || next.sample_rate_hz !== first.sample_rate_hz) return false;
    at += next.length;
    next = frameHeader(bytes, at);
  }
  return false;
}

/**
 * @param {Uint8Array} bytes the file from behind its ID3 tag on
 * @returns {number} where the first of several frames starts; -1 when there is none in these bytes
 */
export function findFirstFrame(bytes) {
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (framesFollow(bytes, at)) return at;
  }
  return -1;
}

/**
 * @param {Uint8Array} head the file's first bytes
 * @returns {number} the size of its ID3v2 tag, 0 for none
 */
export function id3Size(head) {
  if (head.length < 10 || head[0] !== 0x49 || head[1] !== 0x44 || head[2] !== 0x33) return 0;
  const size = head.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 127), 0);
  const footer = head[5] & 0x10 ? 10 : 0;
  return 10 + size + footer;
}
