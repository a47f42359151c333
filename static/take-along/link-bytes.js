/** Numbers and texts one after the other as bytes; the reader trusts nothing it reads. */

import { LinkError } from "./link-error.js";

const BITS = 128; // seven of each byte hold a number's bits, low ones first; the eighth says that more follow

export class ByteWriter {
  constructor() {
    /** @type {number[]} */
    this._bytes = [];
  }

  /** @param {number} number whole, 0 to 2^53 - 1 */
  number(number) {
    for (; number >= BITS; number = Math.floor(number / BITS)) this._bytes.push((number % BITS) + BITS);
    this._bytes.push(number);
  }

  /** @param {string} text */
  text(text) {
    const bytes = new TextEncoder().encode(text);
    this.number(bytes.length);
    this.bytes(bytes);
  }

  /** @param {Iterable<number>} bytes */
  bytes(bytes) {
    for (const byte of bytes) this._bytes.push(byte);
  }

  /** @returns {Uint8Array<ArrayBuffer>} */
  end() {
    return Uint8Array.from(this._bytes);
  }
}

/** Every method throws a LinkError where the bytes are not what they must be. */
export class ByteReader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this._bytes = bytes;
    this._at = 0;
  }

  /** @param {string} what it is, for the error @param {number} min @param {number} max @returns {number} */
  number(what, min, max) {
    let number = 0;
    for (let scale = 1; ; scale *= BITS) {
      const [byte] = this.bytes(1);
      number += (byte % BITS) * scale;
      if (byte < BITS) break;
      if (number > max) break;
    }
    if (!(number >= min && number <= max)) throw new LinkError("invalid", `${what} is not from ${min} to ${max}`);
    return number;
  }

  /** @param {string} what @param {number} max_bytes @returns {string} */
  text(what, max_bytes) {
    const bytes = this.bytes(this.number(`length of ${what}`, 0, max_bytes));
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      throw new LinkError("invalid", `${what} is not UTF-8`);
    }
  }

  /** @param {number} n @returns {Uint8Array} */
  bytes(n) {
    if (this._at + n > this._bytes.length) throw new LinkError("incomplete", "it ends too early");
    this._at += n;
    return this._bytes.subarray(this._at - n, this._at);
  }

  /** Nothing may be left over. */
  end() {
    if (this._at !== this._bytes.length) throw new LinkError("invalid", "it goes on after its end");
  }
}
