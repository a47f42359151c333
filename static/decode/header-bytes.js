/** The bytes of a file that describe it. */

import { fileBoxes } from "./mp4/file-boxes.js";

const HEAD_BYTES = 1 << 16;
/** More is damage. */
const MOST_BOXES = 1000;
/** Longer than the description of a day of music. */
const LONGEST_MOOV = 1 << 26;

/**
 * @param {Blob} file
 * @param {string} container
 * @param {number} from where it begins, behind a tag
 * @returns {Promise<Uint8Array>} its first bytes; of an MP4, whose description may stand anywhere, that
 */
export async function headerBytes(file, container, from) {
  const moov = container === "MP4" ? await findMoov(file, from) : null;
  const part = moov ?? file.slice(from, from + HEAD_BYTES);
  return new Uint8Array(await part.arrayBuffer());
}

/** @param {Blob} file @param {number} from @returns {Promise<Blob | null>} */
async function findMoov(file, from) {
  let n_boxes = 0;
  for await (const { type, at, end } of fileBoxes(file, from)) {
    if (type === "moov") return file.slice(at, Math.min(end, at + LONGEST_MOOV));
    n_boxes += 1;
    if (n_boxes === MOST_BOXES) return null;
  }
  return null;
}

/**
 * @template T
 * @param {() => T} read what a header says
 * @returns {T | null} null: the header goes on behind the end of what there is
 */
export function orNull(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
