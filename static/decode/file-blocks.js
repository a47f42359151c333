/** A file's bytes in order, the next block being read while the last one is worked on. */

const BLOCK_BYTES = 1 << 19;

/**
 * @param {Blob} file
 * @param {number} from first byte
 * @returns {AsyncGenerator<Uint8Array>}
 */
export async function* fileBlocks(file, from) {
  /** @param {number} at */
  const read = (at) => {
    const block = file.slice(at, at + BLOCK_BYTES).arrayBuffer();
    block.catch(() => {}); // told to who asks for it, who may be busy or gone
    return block;
  };
  let next = read(from);
  for (let at = from; at < file.size; at += BLOCK_BYTES) {
    const block = await next;
    next = read(at + BLOCK_BYTES);
    yield new Uint8Array(block);
  }
}
