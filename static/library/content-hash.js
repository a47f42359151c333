/**
 * What a song is known by when it comes again: its bytes, whatever its name.
 *
 * The hash is SHA-256 over the SHA-256 digests of the file's blocks of 512 KiB and its size, because WebCrypto hashes
 * only what lies in memory as a whole. Every byte counts, so that two mixes which differ in one bar only are two songs,
 * and two different files are as unlikely to meet as under SHA-256 itself: not in anybody's lifetime.
 *
 * The fingerprint reads three small pieces only. It says at once that a file has not been seen before; where it says
 * that it may have been, the hash decides.
 */

import { fileBlocks } from "../decode/file-blocks.js";
import { sha256, sha256Hex } from "../sha256.js";

const PIECE_BYTES = 1 << 14;

/** @param {BlobPart[]} parts */
const hashOf = async (parts) => sha256Hex(await new Blob(parts).arrayBuffer());

/**
 * @param {Blob} file
 * @returns {Promise<string>} hexadecimal, of its size and its beginning, middle and end
 */
export function fingerprintOf(file) {
  const middle = Math.floor(file.size / 2);
  const starts = [0, middle, Math.max(0, file.size - PIECE_BYTES)];
  return hashOf([`${file.size} `, ...starts.map((start) => file.slice(start, start + PIECE_BYTES))]);
}

/**
 * @param {Blob} file
 * @returns {Promise<string>} hexadecimal, of all its bytes
 */
export async function contentHash(file) {
  const digests = [];
  for await (const block of fileBlocks(file, 0)) digests.push(await sha256(/** @type {BufferSource} */ (block)));
  return hashOf([`${file.size} `, ...digests]);
}
