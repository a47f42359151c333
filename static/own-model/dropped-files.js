/** The files of folders that were dropped, with their paths; browsers tell of them only entry by entry. */

/** Who drops a home folder does not wait for all of it. */
const MOST_FILES = 20_000;

/**
 * To be asked while the drop is being handled: afterwards the browser has forgotten.
 * @param {DataTransfer | null} carried
 * @returns {FileSystemEntry[]} what was dropped, if a folder is among it; else none
 */
export function foldersIn(carried) {
  const entries = Array.from(carried?.items ?? [], (item) => item.webkitGetAsEntry?.() ?? null);
  const there = /** @type {FileSystemEntry[]} */ (entries.filter((entry) => entry !== null));
  return there.some((entry) => entry.isDirectory) ? there : [];
}

/**
 * @param {FileSystemEntry[]} entries
 * @returns {Promise<import("./claim.js").Found[]>} what cannot be read is left out
 */
export async function filesOf(entries) {
  /** @type {import("./claim.js").Found[]} */
  const found = [];
  const waiting = [...entries];
  for (let entry = waiting.shift(); entry && found.length < MOST_FILES; entry = waiting.shift()) {
    if (entry.isDirectory) waiting.push(...(await childrenOf(/** @type {FileSystemDirectoryEntry} */ (entry))));
    else await addFile(/** @type {FileSystemFileEntry} */ (entry), found);
  }
  return found;
}

/** @param {FileSystemFileEntry} entry @param {import("./claim.js").Found[]} found */
function addFile(entry, found) {
  return new Promise((resolve) => {
    entry.file((file) => resolve(found.push({ path: entry.fullPath, file })), resolve);
  });
}

/** @param {FileSystemDirectoryEntry} folder @returns {Promise<FileSystemEntry[]>} */
async function childrenOf(folder) {
  const reader = folder.createReader();
  const children = [];
  for (;;) {
    /** @type {FileSystemEntry[]} a hundred at a time, none at the end */
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (some.length === 0) return children;
    children.push(...some);
  }
}
