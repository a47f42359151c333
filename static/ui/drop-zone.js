/** Ways to give the page songs: drop files or folders anywhere, or choose them with a button. */

import { droppedIn, filesIn, foundIn } from "../library/files.js";

/**
 * @typedef {import("../library/files.js").Found} Found
 *
 * @typedef {object} Listener
 * @property {(found: Found[]) => void} onFiles
 * @property {() => (found: Found[]) => void} onFolder a folder is about to be looked through: who wants what is in it?
 */

/**
 * @param {HTMLInputElement} input for files, or for a folder when the button asks for one
 * @param {HTMLElement} folder_button
 * @param {Listener} listener
 */
export function acceptSongs(input, folder_button, listener) {
  const take = () => {
    const found = foundIn(input.files);
    if (found.length > 0) listener.onFiles(found);
    input.value = ""; // else choosing the same file again would not be a change
  };
  input.addEventListener("change", take);
  take(); // what was chosen before this script had arrived
  offerFolders(input, folder_button);
  acceptDrops(document.documentElement, listener);
}

/**
 * One input does both, so that there is one place where files come in.
 * @param {HTMLInputElement} input
 * @param {HTMLElement} button stays hidden where the browser cannot choose folders
 */
function offerFolders(input, button) {
  let wants_folder = false;
  button.hidden = !("webkitdirectory" in input);
  button.addEventListener("click", () => {
    wants_folder = true;
    input.click();
  });
  // Comes before the browser opens its dialog, whoever asked for it.
  input.addEventListener("click", () => {
    input.webkitdirectory = wants_folder;
    wants_folder = false;
  });
}

/** @param {HTMLElement} root @param {Listener} listener */
function acceptDrops(root, listener) {
  let depth = 0; // dragenter and dragleave also come for every element in between
  const carriesFile = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  const mark = (/** @type {number} */ change) => {
    depth = Math.max(0, depth + change);
    root.classList.toggle("dragging", depth > 0);
  };
  root.addEventListener("dragenter", (event) => carriesFile(event) && mark(+1));
  root.addEventListener("dragleave", (event) => carriesFile(event) && mark(-1));
  root.addEventListener("dragover", (event) => {
    if (!carriesFile(event)) return;
    event.preventDefault();
    if (event.dataTransfer) event.dataTransfer.dropEffect = "copy";
  });
  root.addEventListener("drop", (event) => {
    if (!event.dataTransfer || !carriesFile(event)) return;
    mark(-depth);
    if (event.defaultPrevented) return; // a part of the page has taken it
    event.preventDefault(); // else the browser would open the file in place of the page
    takeDropped(event.dataTransfer, listener);
  });
}

/** @param {DataTransfer} dropped @param {Listener} listener */
function takeDropped(dropped, listener) {
  const { files, folders } = droppedIn(dropped);
  if (folders.length === 0) {
    if (files.length > 0) listener.onFiles(files);
    return;
  }
  const take = listener.onFolder();
  filesIn(folders).then((inside) => take([...files, ...inside]));
}
