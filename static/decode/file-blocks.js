/**
 * A file's bytes, read into the same memory again and again: what a browser makes anew for each read it collects only
 * when there are tens of megabytes of it in each worker.
 */

import { release } from "../arrays.js";

const BLOCK_BYTES = 1 << 19;

/**
 * Who reads at the moment: Chromium 156 collects as garbage a reader that nothing but its own read refers to, and then
 * never answers that read.
 * @type {Set<ReadableStreamBYOBReader>}
 */
const READING = new Set();

/**
 * @param {Blob} file
 * @param {number} from first byte
 * @returns {AsyncGenerator<Uint8Array>} blocks in order, the next being read while the last is worked on; each holds
 *     until the next is asked for
 */
export async function* fileBlocks(file, from) {
  let [reader, other] = [new PartReader(), new PartReader()];
  /** @param {number} at */
  const read = (at) => {
    [reader, other] = [other, reader];
    const block = reader.read(file.slice(at, at + BLOCK_BYTES));
    block.catch(() => {}); // told to who asks for it, who may be busy or gone
    return block;
  };
  let next = read(from);
  for (let at = from; at < file.size; at += BLOCK_BYTES) {
    const block = await next;
    next = read(at + BLOCK_BYTES);
    yield block;
  }
}

/** Reads parts of files, one after the other. */
export class PartReader {
  constructor() {
    this._bytes = new Uint8Array(0);
  }

  /** @param {Blob} part @returns {Promise<Uint8Array>} all of it; holds until the next is asked for */
  async read(part) {
    const reader = readerInto(part);
    if (reader) {
      const { buffer } = this._bytes;
      this._bytes = await filled(buffer.byteLength < part.size ? new ArrayBuffer(part.size) : buffer, part, reader);
    } else {
      release(this._bytes);
      this._bytes = new Uint8Array(await part.arrayBuffer());
    }
    return this._bytes;
  }
}

/** @param {Blob} part @returns {ReadableStreamBYOBReader | null} null where there are none (WebKitGTK 2.50) */
function readerInto(part) {
  try {
    return part.stream().getReader({ mode: "byob" });
  } catch {
    return null;
  }
}

/**
 * @param {ArrayBuffer} buffer large enough; what is given lies in the same memory
 * @param {Blob} part
 * @param {ReadableStreamBYOBReader} reader of it
 * @returns {Promise<Uint8Array<ArrayBuffer>>} the part
 */
async function filled(buffer, part, reader) {
  READING.add(reader);
  try {
    let n = 0;
    while (n < part.size) {
      const { value } = await reader.read(new Uint8Array(buffer, n, part.size - n)).catch(() => whyNot(part));
      if (!value?.length) return await whyNot(part);
      buffer = value.buffer;
      n += value.length;
    }
    return new Uint8Array(buffer, 0, n);
  } finally {
    READING.delete(reader);
  }
}

/** A stream that fails does not tell why, as other ways to read do. @param {Blob} part @returns {Promise<never>} */
async function whyNot(part) {
  await part.slice(0, 1).arrayBuffer();
  throw new Error("a file could not be read");
}
