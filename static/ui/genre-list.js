/** The song's genres as bars with numbers, most probable first. */

import { heardIn } from "../heard.js";
import { percent } from "../messages.js";
import { wearColour } from "./colours.js";
import { newSpan } from "./page.js";

/** Below this share a genre is not worth a line. */
const LEAST_SHARE = 0.01;
const MOST_LINES = 6;
const MOST_NAMED = 3;

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
 * What is said of a second: its likeliest genres, or, where several can be heard at once, those that are.
 * @param {number[]} row
 * @param {string[]} genres
 * @param {number[] | null} thresholds
 * @returns {{genre: string, share: number}[]} likeliest first; one at least
 */
export function genresToName(row, genres, thresholds) {
  const heard = thresholds ? heardIn(row, thresholds) : [];
  if (heard.length > 0) return heard.slice(0, MOST_LINES).map((genre) => ({ genre: genres[genre], share: row[genre] }));
  return topGenres(Object.fromEntries(genres.map((genre, i) => [genre, row[i]])), thresholds ? 1 : MOST_NAMED);
}

/**
 * The lines stay and change: each layout of new ones leaves garbage, of which the page would pile up tens of megabytes
 * while a long song is analysed.
 * @param {HTMLElement} list
 * @param {Record<string, number>} shares
 * @param {string[]} genres in the order that gives them their colours
 * @param {string[]} [heard] others are paler; none: no difference is made
 */
export function drawGenreList(list, shares, genres, heard = []) {
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
    line.classList.toggle("not-heard", heard.length > 0 && !heard.includes(genre));
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
