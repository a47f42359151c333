/** Arrays of numbers, end to end. */

/** @param {Float32Array[]} parts @returns {Float32Array} a copy, but for a single part */
export const joined = (parts) => (parts.length === 1 ? parts[0] : filled(Float32Array, parts));

/** @param {Uint8Array[]} parts @returns {Uint8Array} always a copy */
export const joinedBytes = (parts) => filled(Uint8Array, parts);

/**
 * @template {Float32Array | Uint8Array} T
 * @param {new (length: number) => T} Kind
 * @param {T[]} parts
 * @returns {T}
 */
function filled(Kind, parts) {
  const whole = new Kind(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
