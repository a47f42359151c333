/** Ways to give the page a song: drop it anywhere, or choose it with the file button. */

import { filesOf, foldersIn } from "../own-model/dropped-files.js";

/**
 * @param {HTMLInputElement} input
 * @param {(file: File) => void} onFile
 * @param {(files: Promise<import("../own-model/claim.js").Found[]>) => void} onFolder
 */
export function acceptSongs(input, onFile, onFolder = () => {}) {
  const take = () => {
    const file = input.files?.[0];
    if (file) onFile(file);
    input.value = ""; // else choosing the same file again would not be a change
  };
  input.addEventListener("change", take);
  take(); // what was chosen before this script had arrived

  const root = document.documentElement;
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
    if (!carriesFile(event)) return;
    event.preventDefault(); // else the browser would open the file in place of the page
    mark(-depth);
    const folders = foldersIn(event.dataTransfer);
    const file = event.dataTransfer?.files[0];
    if (folders.length > 0) onFolder(filesOf(folders));
    else if (file) onFile(file);
  });
}
