/** Arrays of numbers, end to end, and where their memory goes. */

/** @param {Float32Array[]} parts @returns {Float32Array} a copy, but for a single part */
export const joined = (parts) => (parts.length === 1 ? parts[0] : filled(Float32Array, parts));

/** @param {Uint8Array[]} parts @returns {Uint8Array} always a copy */
export const joinedBytes = (parts) => filled(Uint8Array, parts);

/**
 * @param {Float32Array[]} parts in memory of their own, not to be used any more
 * @param {Float32Array} [room] to put them in, if it is large enough
 * @returns {Float32Array}
 */
export function merged(parts, room = new Float32Array(0)) {
  const n = lengthOf(parts);
  const whole = room.length >= n ? room.subarray(0, n) : new Float32Array(n);
  fill(whole, parts);
  parts.forEach(release);
  return whole;
}

/**
 * Gives the memory that an array lies in back at once, with all other arrays that lie in it. Browsers look for such
 * garbage only when there is much of it: in each worker of Chromium 64 MB, which an hour of song is sure to make.
 * Chromium 156 does so only with what JavaScript made: files read and messages received it keeps until it collects.
 * @param {Float32Array | Uint8Array} array in memory of its own (not WebAssembly's), not to be used any more
 */
export function release({ buffer }) {
  // Browsers before 2024 cannot move buffers, and collect it when they do; one that was moved away has no bytes left.
  const { transfer } = /** @type {{transfer?: (n_bytes: number) => ArrayBuffer}} */ (buffer);
  if (buffer.byteLength > 0) transfer?.call(buffer, 0);
}

/**
 * @template {Float32Array | Uint8Array} T
 * @param {new (length: number) => T} Kind
 * @param {T[]} parts
 * @returns {T}
 */
const filled = (Kind, parts) => fill(new Kind(lengthOf(parts)), parts);

/** @param {{length: number}[]} parts */
const lengthOf = (parts) => parts.reduce((sum, part) => sum + part.length, 0);

/**
 * @template {Float32Array | Uint8Array} T
 * @param {T} whole
 * @param {T[]} parts
 * @returns {T} the whole
 */
function fill(whole, parts) {
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
