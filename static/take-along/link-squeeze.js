/** Bytes as text that may stand in a link, deflated where the browser can, and back. */

import { LinkError } from "./link-error.js";

/** Inflated, a link of ours has some 12 kB. One that claims more is no link of ours. */
const MAX_BYTES = 600_000;

/** zlib's format rather than the bare one: its checksum notices what chat programs do to links. */
const FORMAT = "deflate";
const DEFLATED = "d";
const PLAIN = "p";

/**
 * @param {Uint8Array<ArrayBuffer>} bytes
 * @returns {Promise<string>} of letters, digits, - and _, with one dot
 */
export async function squeezed(bytes) {
  if (typeof CompressionStream !== "function") return `${PLAIN}.${base64url(bytes)}`;
  const deflated = await drained(new Blob([bytes]).stream().pipeThrough(new CompressionStream(FORMAT)));
  return `${DEFLATED}.${base64url(deflated)}`;
}

/**
 * @param {string} text
 * @returns {Promise<Uint8Array>}
 * @throws {LinkError}
 */
export async function unsqueezed(text) {
  const [, kind, data] = /^([a-z])\.([A-Za-z0-9_-]+)$/.exec(text) ?? [];
  if (kind !== DEFLATED && kind !== PLAIN) throw new LinkError("incomplete", "not letters that it is made of");
  const bytes = fromBase64url(data);
  if (kind === PLAIN) return bytes;
  if (typeof DecompressionStream !== "function") throw new LinkError("old-browser", "cannot inflate");
  try {
    return await drained(new Blob([bytes]).stream().pipeThrough(new DecompressionStream(FORMAT)));
  } catch (error) {
    if (error instanceof LinkError) throw error;
    throw new LinkError("incomplete", "cannot be inflated");
  }
}

/** @param {ReadableStream<Uint8Array>} stream @returns {Promise<Uint8Array<ArrayBuffer>>} */
async function drained(stream) {
  const parts = [];
  let n_bytes = 0;
  const reader = stream.getReader();
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    n_bytes += next.value.length;
    if (n_bytes > MAX_BYTES) {
      reader.cancel().catch(() => {});
      throw new LinkError("invalid", `more than ${MAX_BYTES} bytes`);
    }
    parts.push(next.value);
  }
  return new Uint8Array(await new Blob(/** @type {BlobPart[]} */ (parts)).arrayBuffer());
}

/** @param {Uint8Array} bytes */
function base64url(bytes) {
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** @param {string} text @returns {Uint8Array<ArrayBuffer>} */
function fromBase64url(text) {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  } catch {
    throw new LinkError("incomplete", "letters are missing");
  }
}
