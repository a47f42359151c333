/** The genres' names beside the chart; where there are too many for their room, those that matter most. */

import { wearColour } from "./colours.js";

const LABEL_PX = 15;

export class ChartLabels {
  /** @param {HTMLElement} place an <ol> as high as the chart */
  constructor(place) {
    this._place = place;
    this._height_px = 0; // asked for with each new row, it would make the browser lay out the page
    /** @type {number[]} genres by falling weight */
    this._order = [];
  }

  /** @param {string[]} genres */
  setGenres(genres) {
    this._order = genres.map((_, genre) => genre);
    this._place.replaceChildren(...genres.map((genre) => newLabel(genre, genres)));
  }

  /** What is heard most is named first where there is no room for all. @param {number[]} shares one a genre */
  setShares(shares) {
    this._order = shares.map((_, genre) => genre).sort((a, b) => shares[b] - shares[a]);
    this._name();
  }

  /** Names as many as have room; to be called when the chart's height has changed. */
  fit() {
    this._height_px = this._place.clientHeight;
    this._name();
  }

  _name() {
    const named = namesThatFit(this._order, this._height_px / LABEL_PX);
    this._order.forEach((genre) => this._place.children[genre].classList.toggle("crowded-out", !named.has(genre)));
  }
}

/**
 * @param {number[]} order genres by falling weight, which lie one below the other by number
 * @param {number} room names one below the other that have room
 * @returns {Set<number>} the genres that can be named
 */
export function namesThatFit(order, room) {
  const distance = order.length / room;
  /** @type {Set<number>} */
  const named = new Set();
  for (const genre of order) if ([...named].every((other) => Math.abs(other - genre) >= distance)) named.add(genre);
  return named;
}

/** @param {string} genre @param {string[]} genres */
function newLabel(genre, genres) {
  const label = document.createElement("li");
  label.textContent = genre;
  wearColour(label, genre, genres);
  return label;
}
