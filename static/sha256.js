/** SHA-256 by the browser, which hashes only for pages that came over HTTPS or from this machine. */

/** Whether it does here. */
export const canHash = () => globalThis.crypto?.subtle !== undefined;

/** @param {BufferSource} bytes */
export const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

/** @param {BufferSource} bytes @returns {Promise<string>} in hexadecimal */
export const sha256Hex = async (bytes) =>
  Array.from(await sha256(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
