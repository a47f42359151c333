/** The boxes that an MP4 file consists of, found without reading what is in them. */

import { boxHead, HEAD_BYTES, LONG_HEAD_BYTES } from "./boxes.js";

/**
 * @param {Blob} file
 * @param {number} from where the first one begins
 * @returns {AsyncGenerator<{type: string, at: number, content_at: number, end: number}>}
 */
export async function* fileBoxes(file, from) {
  for (let at = from; at + HEAD_BYTES <= file.size;) {
    const head = new Uint8Array(await file.slice(at, at + LONG_HEAD_BYTES).arrayBuffer());
    const { type, head_bytes, n_bytes } = boxHead(head, file.size - at);
    yield { type, at, content_at: at + head_bytes, end: at + n_bytes };
    at += n_bytes;
  }
}
