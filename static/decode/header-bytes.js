/** The bytes of a file that describe it. */

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
  let at = from;
  for (let n = 0; n < MOST_BOXES && at + 8 <= file.size; n += 1) {
    const box = new DataView(await file.slice(at, at + 16).arrayBuffer());
    const is_large = box.getUint32(0) === 1 && box.byteLength === 16;
    const size = is_large ? Number(box.getBigUint64(8)) : box.getUint32(0) || file.size - at;
    if (box.getUint32(4) === 0x6d6f6f76) return file.slice(at, at + Math.min(size, LONGEST_MOOV));
    at += Math.max(8, size);
  }
  return null;
}
