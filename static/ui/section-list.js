/** The song's sections in words, each a button that goes there: the chart's text equivalent. */

import { sectionInWords, spanInWords } from "../messages.js";
import { wearColour, wearColours } from "./colours.js";
import { newSpan } from "./page.js";

/** @typedef {import("../sections.js").Section} Section */

export class SectionList {
  /** @param {HTMLElement} place an <ol> @param {(time_s: number) => void} onSeek */
  constructor(place, onSeek) {
    this._place = place;
    this._onSeek = onSeek;
    /** @type {Section[]} */
    this._sections = [];
    this._current = -1;
  }

  /** @param {Section[]} sections in the song's order @param {string[]} genres in the order that gives them colours */
  show(sections, genres) {
    this._sections = sections;
    this._current = -1;
    this._place.replaceChildren(...sections.map((section) => this._line(section, genres)));
  }

  /** Marks the section that is playing. @param {number} time_s */
  setTime(time_s) {
    const current = this._sections.findLastIndex(({ start_s }) => start_s <= time_s);
    if (current === this._current) return;
    this._place.children[this._current]?.firstElementChild?.removeAttribute("aria-current");
    this._place.children[current]?.firstElementChild?.setAttribute("aria-current", "true");
    this._current = current;
    this._reveal(current);
  }

  /**
   * Where there is no room for all of them: the page itself must not move. With the next frame, when the browser lays
   * them out anyway: the sections of an hour take tens of milliseconds.
   * @param {number} index
   */
  _reveal(index) {
    requestAnimationFrame(() => {
      const line = /** @type {HTMLElement | undefined} */ (this._place.children[index]);
      if (line && index === this._current) this._place.scrollTo(line.offsetLeft, line.offsetTop);
    });
  }

  /** @param {Section} section @param {string[]} genres */
  _line(section, genres) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = section.genre === null ? "unsure" : "named";
    if (section.genres && section.genres.length > 1) wearColours(button, section.genres, genres);
    else if (section.genre !== null) wearColour(button, section.genre, genres);
    const span = spanInWords(section.start_s, section.end_s);
    button.append(newSpan("span", span), " ", newSpan("words", sectionInWords(section)));
    button.addEventListener("click", () => this._onSeek(section.start_s));
    const line = document.createElement("li");
    line.append(button);
    return line;
  }
}
