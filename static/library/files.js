/** What was dropped or chosen: files, or folders of them, and which of them are songs. */

/**
 * @typedef {{file: File, path: string}} Found path: with the folders it lies in, where they are known
 */

/** Audio that no browser decodes is here, too: it is told about, and not passed over. */
const ENDINGS =
  "mp[1234] mpga og[ga] opus flac m4[abr] aac adts wave? aif[fc]? web[am] mka caf wma ape wv mpc amr ac3 au snd ds[fd]";
const AUDIO = new RegExp(`\\.(${ENDINGS.replaceAll(" ", "|")})$`, "i");
const AUDIO_TYPE = /^(audio|video)\/(?!(x-)?(mpegurl|scpls))/;
/** Names that systems hide, and what macOS puts into archives. */
const HIDDEN = /(^|\/)(\.|__MACOSX\/)/;

const inOrder = new Intl.Collator(undefined, { numeric: true });

/**
 * Songs among many files go by their names, because nobody wants to wait until thousands of pictures are read. A file
 * that comes alone is known by its content.
 * @param {Found[]} found
 * @returns {File[]}
 */
export function songsAmong(found) {
  if (found.length === 1) return [found[0].file];
  return found.filter(({ file, path }) => isSong(file, path)).map(({ file }) => file);
}

/** @param {File} file @param {string} path */
const isSong = ({ name, type }, path) => !HIDDEN.test(path) && (AUDIO.test(name) || AUDIO_TYPE.test(type));

/**
 * @param {FileList | null} files of an input; a folder's have their paths
 * @returns {Found[]} a folder's in the order of their paths, others in that in which they were chosen
 */
export function foundIn(files) {
  const found = Array.from(files ?? [], (file) => ({ file, path: file.webkitRelativePath || file.name }));
  return found.some(({ path }) => path.includes("/")) ? sorted(found) : found;
}

/** @param {Found[]} found */
const sorted = (found) => found.sort((a, b) => inOrder.compare(a.path, b.path));

/** @param {DataTransfer} dropped @returns {FileSystemDirectoryEntry[]} folders among what was dropped */
const foldersIn = (dropped) =>
  Array.from(dropped.items)
    .map((item) => (item.kind === "file" ? item.webkitGetAsEntry() : null))
    .filter((entry) => entry !== null)
    .filter(isFolder);

/**
 * Has to be called while the drop is being told: later, the browser has nothing left of it.
 * @param {DataTransfer} dropped
 * @returns {{files: Found[], folders: FileSystemDirectoryEntry[]}} files: beside the folders, which are among them, too
 */
export function droppedIn(dropped) {
  const folders = foldersIn(dropped);
  const names = new Set(folders.map(({ name }) => name));
  return { files: foundIn(dropped.files).filter(({ path }) => !names.has(path)), folders };
}

/** @param {FileSystemEntry} entry @returns {entry is FileSystemDirectoryEntry} */
const isFolder = (entry) => entry.isDirectory;

/** @param {FileSystemEntry} entry @returns {entry is FileSystemFileEntry} */
const isFile = (entry) => entry.isFile;

/**
 * @param {FileSystemDirectoryEntry[]} folders
 * @returns {Promise<Found[]>} all files in them and in their folders, by path; what cannot be read is not there
 */
export async function filesIn(folders) {
  /** @type {(Found | null)[][]} */
  const found = [];
  for (let todo = folders; todo.length > 0; ) {
    const [folder, ...rest] = todo;
    const entries = await entriesOf(folder);
    found.push(await Promise.all(entries.filter(isFile).map(fileOf)));
    todo = [...entries.filter(isFolder), ...rest];
  }
  return sorted(found.flat().filter((one) => one !== null));
}

/** Chromium gives a hundred at a time. @param {FileSystemDirectoryEntry} folder */
async function entriesOf(folder) {
  const reader = folder.createReader();
  /** @returns {Promise<FileSystemEntry[]>} none after the last, and where the folder cannot be read */
  const next = () => new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
  /** @type {FileSystemEntry[][]} */
  const batches = [];
  for (let some = await next(); some.length > 0; some = await next()) batches.push(some);
  return batches.flat();
}

/** @param {FileSystemFileEntry} entry @returns {Promise<Found | null>} */
const fileOf = (entry) =>
  new Promise((resolve) =>
    entry.file(
      (file) => resolve({ file, path: entry.fullPath.replace(/^\//, "") }),
      () => resolve(null),
    ),
  );
