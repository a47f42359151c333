/** Reading what is written in a file's bytes. */

/** @param {Uint8Array} bytes @param {number} at @param {number} n @returns {string} */
export const ascii = (bytes, at, n) => String.fromCharCode(...bytes.subarray(at, at + n));

/** @param {Uint8Array} bytes */
export const viewOf = (bytes) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
