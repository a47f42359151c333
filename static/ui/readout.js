/**
 * The current second in words and colours: "1:23  metal 71 %  rock 18 %", or "1:23  unsure  most like metal (31 %)".
 * Drawn only when it changes.
 */

import { heardIn } from "../heard.js";
import { UNSURE, clock, mostLike, percent } from "../messages.js";
import { wearColour } from "./colours.js";
import { newSpan } from "./page.js";

const MOST_GENRES = 3;
const MOST_HEARD = 4; // where several can be at once
const LEAST_SHARE = 0.05;

export class Readout {
  /** @param {HTMLElement} place */
  constructor(place) {
    this._place = place;
    this._time = newSpan("time", "");
    this._list = newSpan("genres", "");
    place.replaceChildren(this._time, this._list);
    /** @type {string[]} */
    this._genres = [];
    /** @type {number[] | null} */
    this._thresholds = null;
    /** @type {number[] | null} */
    this._row = null;
  }

  /** @param {string[]} genres @param {number[] | null} [thresholds] where several can be heard at once */
  setGenres(genres, thresholds = null) {
    this._genres = genres;
    this._thresholds = thresholds;
    this._row = null;
    this._list.replaceChildren();
  }

  /** @param {number} time_s @param {number[] | null} row its shares, null while unknown @param {boolean} is_unsure */
  show(time_s, row, is_unsure) {
    const time = clock(time_s);
    if (this._time.textContent !== time) this._time.textContent = time;
    if (row === this._row) return;
    this._row = row;
    this._list.replaceChildren(...(row ? this._entries(row, is_unsure) : []));
  }

  /** @param {number[]} row @param {boolean} is_unsure */
  _entries(row, is_unsure) {
    const top = this._top(row);
    if (!is_unsure) return top.map((genre) => this._genre(genre, row[genre]));
    const guess = mostLike(this._genres[top[0]], row[top[0]]);
    return [newSpan("unsure", UNSURE), newSpan("guess", guess)];
  }

  /** @param {number[]} row @returns {number[]} genres by falling share */
  _top(row) {
    const heard = this._thresholds ? heardIn(row, this._thresholds) : [];
    if (heard.length > 0) return heard.slice(0, MOST_HEARD);
    const order = row.map((_, genre) => genre).sort((a, b) => row[b] - row[a]);
    if (this._thresholds) return order.slice(0, 1);
    return order.filter((genre, i) => i === 0 || (i < MOST_GENRES && row[genre] >= LEAST_SHARE));
  }

  /** @param {number} genre @param {number} share */
  _genre(genre, share) {
    const entry = newSpan("genre", `${this._genres[genre]} ${percent(share)}`);
    wearColour(entry, this._genres[genre], this._genres);
    return entry;
  }
}
