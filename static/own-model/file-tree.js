/** What a model is read from: files by path, read one by one and none before it is asked for. */

import { ModelError } from "./model-error.js";

/**
 * @typedef {object} FileTree
 * @property {"folder" | "zip"} kind
 * @property {string[]} paths
 * @property {(path: string) => number} size in bytes, as far as the tree itself says
 * @property {(path: string) => Promise<Uint8Array<ArrayBuffer>>} read no more than `size` says
 */

/** Far more than a model has: a home folder, or a zip that was made to harm. */
export const MOST_FILES = 5000;

/**
 * @param {string} path as systems write them
 * @returns {string} with forward slashes alone, and none of them first
 */
export const normalised = (path) => path.replaceAll("\\", "/").replace(/^(\.?\/)+/, "");

/**
 * @param {import("./claim.js").Found[]} files
 * @returns {FileTree}
 * @throws {ModelError} `too-large`
 */
export function folderTree(files) {
  if (files.length > MOST_FILES) throw new ModelError("too-large");
  const by_path = new Map(files.map(({ path, file }) => [normalised(path), file]));
  const at = (/** @type {string} */ path) => /** @type {File} */ (by_path.get(path));
  return {
    kind: "folder",
    paths: [...by_path.keys()],
    size: (path) => at(path).size,
    read: async (path) => new Uint8Array(await at(path).arrayBuffer()),
  };
}
