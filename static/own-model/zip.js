/**
 * The one door to zip.js. A zip's files are unpacked when they are read and not before. What a zip says of itself is
 * not believed: a file that unpacks to more than was announced is cut off with an error, and overlapping ones are
 * refused.
 */

import "../vendor/zip.js-2.24.0/zip-core.min.js";
import { MOST_FILES, normalised } from "./file-tree.js";
import { ModelError } from "./model-error.js";

/**
 * What we use of it.
 * @typedef {{filename: string, directory: boolean, encrypted: boolean, uncompressedSize: number,
 *     getData(sink: WritableStream<Uint8Array>, options: object): Promise<unknown>}} Entry
 */

const zip = /** @type {any} */ (globalThis).zip;
// We are in a worker already, and the policy forbids those that it would make from strings.
zip.configure({ useWebWorkers: false });

/**
 * @param {Blob} file
 * @returns {Promise<import("./file-tree.js").FileTree>}
 * @throws {ModelError} `bad-zip`, `encrypted-zip`, `too-large` or `no-unzip`
 */
export async function zipTree(file) {
  if (typeof DecompressionStream !== "function") throw new ModelError("no-unzip");
  await file.slice(0, 1).arrayBuffer(); // a file that is gone is not a damaged zip
  const entries = await told(listEntries(file));
  const at = (/** @type {string} */ path) => /** @type {Entry} */ (entries.get(path));
  return {
    kind: "zip",
    paths: [...entries.keys()],
    size: (path) => at(path).uncompressedSize,
    read: (path) => told(unpack(at(path))),
  };
}

/** @param {Blob} file @returns {Promise<Map<string, Entry>>} files by path */
async function listEntries(file) {
  const reader = new zip.ZipReader(new zip.BlobReader(file), { filenameValidation: "tolerant" });
  /** @type {Map<string, Entry>} */
  const entries = new Map();
  let n_entries = 0;
  for await (const entry of reader.getEntriesGenerator()) {
    n_entries += 1;
    if (n_entries > MOST_FILES) throw new ModelError("too-large");
    if (!entry.directory) entries.set(normalised(entry.filename), entry);
  }
  return entries;
}

/** @param {Entry} entry */
async function unpack(entry) {
  if (entry.encrypted) throw new ModelError("encrypted-zip");
  const bytes = new Uint8Array(entry.uncompressedSize);
  let n_bytes = 0;
  const sink = new WritableStream({
    write(chunk) {
      if (n_bytes + chunk.length > bytes.length) throw new ModelError("bad-zip");
      bytes.set(chunk, n_bytes);
      n_bytes += chunk.length;
    },
  });
  await entry.getData(sink, { checkCrc32: true, checkOverlappingEntry: true });
  if (n_bytes !== bytes.length) throw new ModelError("bad-zip");
  return bytes;
}

/**
 * Whatever the library finds wrong, the zip is at fault.
 * @template T
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
async function told(work) {
  try {
    return await work;
  } catch (error) {
    if (error instanceof ModelError || error instanceof DOMException) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelError(/encrypted/i.test(reason) ? "encrypted-zip" : "bad-zip", { reason });
  }
}

/** What compresses is a small part of a model: its numbers are stored as they are. */
const STORED = { level: 0 };

/** @param {Map<string, Blob>} files by path @returns {Promise<Blob>} a zip of them */
export async function zipped(files) {
  const writer = new zip.ZipWriter(new zip.BlobWriter("application/zip"), STORED);
  for (const [path, file] of files) await writer.add(path, new zip.BlobReader(file));
  return writer.close();
}
