/** Songs and folders that are dropped on a part of the page instead of on the whole of it. */

import { droppedIn, filesIn } from "../library/files.js";

/** @typedef {import("../library/files.js").Found} Found */

/**
 * @param {HTMLElement} area
 * @param {(files: Found[], folders: {name: string, found: Promise<Found[]>}[]) => void} onDrop
 */
export function takeDrops(area, onDrop) {
  const mark = (/** @type {boolean} */ is_aimed_at) => area.classList.toggle("aimed-at", is_aimed_at);
  area.addEventListener("dragover", () => mark(true));
  area.addEventListener("dragleave", () => mark(false)); // also to a part of it, over which it moves on at once
  area.addEventListener("drop", (event) => {
    mark(false);
    if (event.defaultPrevented || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault(); // by which the page knows that it is taken
    const { files, folders } = droppedIn(event.dataTransfer);
    onDrop(files, folders.map((folder) => ({ name: folder.name, found: filesIn([folder]) })));
  });
}
