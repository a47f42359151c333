/** How an MP4's sound is encoded, by its sample description (ISO 14496-12 and -14; opus-codec.org, xiph.org). */

import { joinedBytes } from "../../arrays.js";
import { ascii, viewOf } from "../bytes.js";
import { Aac, readAacConfig, whatMayComeOut } from "../packets/aac.js";
import { flacConfig, flacFrame, readStreamInfo } from "../packets/flac.js";
import { Opus } from "../packets/opus.js";
import { inside } from "./boxes.js";

/**
 * @typedef {object} Codec
 * @property {AudioDecoderConfig} config
 * @property {boolean} is_lapped see Link
 * @property {boolean} [is_joinable] see Link
 * @property {number} preroll_samples see Link
 * @property {number} lead_samples that come out before the song, where no edit says so
 * @property {(packet: Uint8Array) => number} samplesOf
 */

/** Where an entry's boxes begin, by its version, which is QuickTime's. */
const BOXES_AT = [36, 52, 72];
const VERSION_AT = 16;
/** Object types of MPEG-4 AAC and of MPEG-2 AAC LC. */
const AAC_OBJECTS = new Set([0x40, 0x67]);
/** Tags of descriptors. */
const [ES, DECODER, SPECIFIC] = [3, 4, 5];

/** @param {Uint8Array} entry a sample description, with its size @param {string} type @returns {Uint8Array | null} */
function boxOf(entry, type) {
  const data = viewOf(entry);
  const boxes = entry.subarray(BOXES_AT[data.getUint16(VERSION_AT)] ?? BOXES_AT[0], data.getUint32(0));
  return inside(boxes, type) ?? inside(boxes, "wave", type);
}

/**
 * Descriptors are a tag, a length in one to four bytes, and content (ISO 14496-1).
 * @param {Uint8Array} bytes
 * @param {number} tag of the one that they begin with
 * @returns {Uint8Array} its content; nothing if there is another
 */
function descriptor(bytes, tag) {
  let [at, n_bytes] = [1, 0];
  for (; bytes[at] & 0x80 && at < 4; at += 1) n_bytes = n_bytes * 128 + (bytes[at] & 0x7f);
  n_bytes = n_bytes * 128 + bytes[at];
  return bytes[0] === tag ? bytes.subarray(at + 1, at + 1 + n_bytes) : new Uint8Array(0);
}

/** @param {Uint8Array} entry @returns {import("../packets/aac.js").AacConfig | null} null: it is not AAC */
function aacConfigOf(entry) {
  const box = boxOf(entry, "esds");
  if (ascii(entry, 4, 4) !== "mp4a" || !box) return null;
  const decoder = descriptor(descriptor(box.subarray(4), ES).subarray(3), DECODER);
  const specific = descriptor(decoder.subarray(13), SPECIFIC);
  if (!AAC_OBJECTS.has(decoder[0]) || specific.length < 2) return null;
  const config = readAacConfig(specific.slice());
  return { ...config, n_channels: config.n_channels || viewOf(entry).getUint16(24) };
}

/** @param {Uint8Array} entry @returns {Codec | null} */
function opusOf(entry) {
  const box = boxOf(entry, "dOps");
  if (!box || box.length < 11) return null;
  const head = joinedBytes([Uint8Array.from("OpusHead\x01", (char) => char.charCodeAt(0)), box.subarray(1)]);
  const [to, from] = [viewOf(head), viewOf(box)]; // the same, but for the order of bytes
  to.setUint16(10, from.getUint16(2), true);
  to.setUint32(12, from.getUint32(4), true);
  to.setInt16(16, from.getInt16(8), true);
  return new Opus([head]);
}

/** @param {Uint8Array} entry @returns {Codec | null} */
function flacOf(entry) {
  const info = readStreamInfo(boxOf(entry, "dfLa")?.subarray(4) ?? new Uint8Array(0));
  const samplesOf = (/** @type {Uint8Array} */ packet) => flacFrame(packet, 0)?.n_samples ?? 0;
  return info && { config: flacConfig(info), is_lapped: false, preroll_samples: 0, lead_samples: 0, samplesOf };
}

/**
 * @param {Uint8Array} entry a sample description
 * @returns {Codec[]} what it may be, the likeliest first
 */
export function codecsOf(entry) {
  const aac = aacConfigOf(entry);
  if (aac) return whatMayComeOut(aac).map((config) => new Aac(config));
  const type = ascii(entry, 4, 4);
  const codec = type === "Opus" ? opusOf(entry) : type === "fLaC" ? flacOf(entry) : null;
  return codec ? [codec] : [];
}
