/** The song's genres as bars with numbers, most probable first. */

import { percent } from "../messages.js";
import { wearColour } from "./colours.js";

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
 * @param {HTMLElement} list
 * @param {Record<string, number>} shares
 * @param {string[]} genres in the order that gives them their colours
 */
export function drawGenreList(list, shares, genres) {
  list.replaceChildren(
    ...topGenres(shares, MOST_LINES).map(({ genre, share }) => {
      const [line, name, number, bar] = ["li", "span", "span", "span"].map((tag) => document.createElement(tag));
      name.className = "name";
      name.textContent = genre;
      number.className = "number";
      number.textContent = percent(share);
      bar.className = "bar";
      bar.style.setProperty("--share", String(share));
      wearColour(line, genres.indexOf(genre));
      line.append(name, number, bar);
      return line;
    }),
  );
}
