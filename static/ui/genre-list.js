/** The song's genres as bars with numbers, most probable first. */

import { percent } from "../messages.js";
import { wearColour } from "./colours.js";
import { newSpan } from "./page.js";

/** Below this share a genre is not worth a line. */
const LEAST_SHARE = 0.01;
const MOST_LINES = 6;

/**
 * @param {Record<string, number>} shares by genre
 * @param {number} n
 * @returns {{genre: string, share: number}[]} the n largest, falling, none below one per cent but the first
 */
export const topGenres = (shares, n) =>
  Object.entries(shares)
    .map(([genre, share]) => ({ genre, share }))
    .sort((a, b) => b.share - a.share)
    .filter(({ share }, i) => i === 0 || (i < n && share >= LEAST_SHARE));

/**
 * The lines stay and change: each layout of new ones leaves garbage, of which the page would pile up tens of megabytes
 * while a long song is analysed.
 * @param {HTMLElement} list
 * @param {Record<string, number>} shares
 * @param {string[]} genres in the order that gives them their colours
 */
export function drawGenreList(list, shares, genres) {
  const top = topGenres(shares, MOST_LINES);
  while (list.children.length > top.length) list.lastElementChild?.remove();
  while (list.children.length < top.length) list.append(newLine());
  top.forEach(({ genre, share }, i) => {
    const line = /** @type {HTMLElement} */ (list.children[i]);
    const [name, number, bar] = /** @type {Iterable<HTMLElement>} */ (line.children);
    if (name.textContent !== genre) wearColour(line, genre, genres);
    write(name, genre);
    write(number, percent(share));
    bar.style.setProperty("--share", share.toFixed(3));
  });
}

function newLine() {
  const line = document.createElement("li");
  line.append(...["name", "number", "bar"].map((kind) => newSpan(kind, "")));
  return line;
}

/** What stands there already is not laid out again. @param {HTMLElement} place @param {string} text */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
