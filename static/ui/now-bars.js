/** The current second as bars that stay where they are and grow and shrink: what an equaliser shows, for genres. */

import { heardIn } from "../heard.js";
import { percent } from "../messages.js";
import { wearColour } from "./colours.js";
import { newSpan } from "./page.js";

/** More lines than that no eye follows while they move. */
const MOST_LINES = 10;

export class NowBars {
  /** @param {HTMLElement} place an <ol> */
  constructor(place) {
    this._place = place;
    /** @type {number[]} the genres that have a line, in their order */
    this._shown = [];
    /** @type {number[] | null} */
    this._row = null;
    this._is_unsure = false;
    /** @type {number[] | null} */
    this._thresholds = null;
  }

  /** Nothing is known of a new song. @param {number[] | null} [thresholds] where several genres can be heard at once */
  clear(thresholds = null) {
    this._thresholds = thresholds;
    this._shown = [];
    this._row = null;
    this._place.replaceChildren();
  }

  /**
   * Where there are more genres than lines, those of the largest shares in the song have one.
   * @param {string[]} genres
   * @param {number[]} shares one a genre
   */
  setGenres(genres, shares) {
    const order = genres.map((_, genre) => genre).sort((a, b) => shares[b] - shares[a]);
    const shown = order.slice(0, MOST_LINES).sort((a, b) => a - b);
    if (shown.join() === this._shown.join() && this._place.children.length === shown.length) return;
    this._shown = shown;
    this._place.replaceChildren(...shown.map((genre) => newLine(genres[genre], genres)));
    this._draw();
  }

  /** @param {number[] | null} row null where nothing is known yet @param {boolean} is_unsure */
  show(row, is_unsure) {
    if (row === this._row) return;
    this._row = row;
    this._is_unsure = is_unsure;
    this._draw();
  }

  /** @param {number[]} row @returns {number[]} the likeliest genre, or all that are heard where several can be */
  _leading(row) {
    return this._thresholds ? heardIn(row, this._thresholds) : [row.indexOf(Math.max(...row))];
  }

  _draw() {
    const leading = this._row && !this._is_unsure ? this._leading(this._row) : [];
    this._place.classList.toggle("unsure-now", this._is_unsure);
    this._shown.forEach((genre, i) => {
      const line = /** @type {HTMLElement} */ (this._place.children[i]);
      const share = this._row?.[genre] ?? 0;
      line.classList.toggle("leads", leading.includes(genre));
      line.style.setProperty("--share", share.toFixed(3));
      /** @type {HTMLElement} */ (line.querySelector(".number")).textContent = this._row ? percent(share) : "";
    });
  }
}

/** @param {string} genre @param {string[]} genres */
function newLine(genre, genres) {
  const line = document.createElement("li");
  wearColour(line, genre, genres);
  line.append(newSpan("name", genre), newSpan("number", ""), newSpan("bar", ""));
  return line;
}
