/**
 * A song's chart at the size of a word: at each point the leading genre's colour, as tall as it is probable; where a
 * second one is heard at the same time, its colour below. What is unsure is striped, so that no genre's colour is taken
 * for it.
 */

import { heardIn } from "../heard.js";
import { roundedAll } from "../rounded.js";
import { colourPlaces, genreColour } from "../ui/colours.js";

/**
 * @typedef {object} Miniature
 * @property {Uint16Array} leaders [N_COLUMNS] the genre's place among colours; UNSURE where none is likely enough
 * @property {Uint8Array} shares [N_COLUMNS] its mean probability, of 255
 * @property {Uint16Array} seconds [N_COLUMNS] the place of the one heard next to it; NONE where there is no such
 *
 * @typedef {{neutral: string, on_dark: boolean}} Colours neutral: that of no genre
 */

export const N_COLUMNS = 96;
const UNSURE = 0xffff;
const NONE = 0xffff;
const STRIPES_PX = 3; // from one to the next

/**
 * Computed once a song: a row of the table is drawn whenever it is scrolled into view.
 * @param {import("./packed.js").Packed} packed
 * @returns {Miniature}
 */
export function miniatureOf({ probabilities, unsure, genres, thresholds }) {
  const places = colourPlaces(genres);
  const [leaders, shares] = [new Uint16Array(N_COLUMNS), new Uint8Array(N_COLUMNS)];
  const seconds = new Uint16Array(N_COLUMNS).fill(NONE);
  for (let column = 0; column < N_COLUMNS; column += 1) {
    const first = Math.min(unsure.length - 1, Math.floor((column * unsure.length) / N_COLUMNS));
    const end = Math.max(first + 1, Math.floor(((column + 1) * unsure.length) / N_COLUMNS));
    const sums = sumsOf(probabilities, genres.length, first, end);
    // float32 holds 0.35 as a little less: what is at its threshold is heard, as the chart says.
    const heard = thresholds ? heardIn(roundedAll(sums.map((sum) => sum / (end - first))), thresholds) : [];
    const leader = heard[0] ?? sums.indexOf(Math.max(...sums));
    if (heard.length > 1) seconds[column] = places[heard[1]];
    const is_unsure = thresholds ? heard.length === 0 : 2 * nUnsure(unsure, first, end) > end - first;
    leaders[column] = is_unsure ? UNSURE : places[leader];
    shares[column] = Math.round((255 * sums[leader]) / (end - first));
  }
  return { leaders, shares, seconds };
}

/** @param {Float32Array} probabilities @param {number} n_genres @param {number} first @param {number} end */
function sumsOf(probabilities, n_genres, first, end) {
  const sums = new Array(n_genres).fill(0);
  for (let i = first * n_genres; i < end * n_genres; i += 1) sums[i % n_genres] += probabilities[i];
  return sums;
}

/** @param {Uint8Array} unsure @param {number} first @param {number} end */
function nUnsure(unsure, first, end) {
  let n = 0;
  for (let row = first; row < end; row += 1) n += unsure[row];
  return n;
}

/**
 * @param {HTMLCanvasElement} canvas N_COLUMNS wide
 * @param {Miniature | null} miniature null leaves it empty
 * @param {Colours} colours
 */
export function drawMiniature(canvas, miniature, { neutral, on_dark }) {
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.clearRect(0, 0, canvas.width, canvas.height);
  if (!miniature) return;
  for (let x = 0; x < N_COLUMNS; x += 1) {
    const leader = miniature.leaders[x];
    if (leader === UNSURE && x % STRIPES_PX > 0) continue;
    const height = Math.max(2, Math.round((miniature.shares[x] / 255) * canvas.height));
    context.fillStyle = leader === UNSURE ? neutral : genreColour(leader, on_dark);
    context.fillRect(x, canvas.height - height, 1, height);
    if (leader === UNSURE || miniature.seconds[x] === NONE) continue;
    context.fillStyle = genreColour(miniature.seconds[x], on_dark);
    context.fillRect(x, canvas.height - Math.floor(height / 2), 1, Math.floor(height / 2));
  }
}
