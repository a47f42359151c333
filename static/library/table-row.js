/** One row of the table, used for one song after another as the table is scrolled. */

import * as say from "../messages.js";
import { N_COLUMNS, drawMiniature } from "./miniature.js";

/** @typedef {import("./song.js").Song} Song @typedef {import("./miniature.js").Colours} Colours */

const MINIATURE_HEIGHT = 24;
const CELLS = ["number", "title", "verdict", "confidence", "duration", "chart", "state", "remove"];

export class TableRow {
  constructor() {
    this.element = document.createElement("tr");
    this.element.setAttribute("role", "row");
    /** @type {Record<string, HTMLElement>} */
    this._cells = Object.fromEntries(CELLS.map((name) => [name, this._addCell(name)]));
    this.open = newButton("open");
    this._reason = Object.assign(document.createElement("span"), { className: "reason" });
    this._cells.title.append(this.open, this._reason);
    this.remove = newButton("remove");
    this.remove.textContent = "×";
    this._cells.remove.append(this.remove);
    this._canvas = Object.assign(document.createElement("canvas"), { width: N_COLUMNS, height: MINIATURE_HEIGHT });
    this._cells.chart.append(this._canvas);
    this._cells.chart.setAttribute("aria-hidden", "true"); // the verdict's cell says what it shows
    /** @type {Song | null} */
    this.song = null;
    /** @type {import("./miniature.js").Miniature | null} that is drawn */
    this._miniature = null;
    this._on_dark = false;
  }

  /** @param {string} name */
  _addCell(name) {
    const cell = this.element.insertCell();
    cell.className = name;
    cell.setAttribute("role", "cell");
    return cell;
  }

  /**
   * @param {Song} song
   * @param {{place: number, is_opened: boolean, is_active: boolean,
   *     colours: Colours}} how place: in the table, from 0; is_active: the Tab key comes to it
   */
  show(song, { place, is_opened, is_active, colours }) {
    this.song = song;
    this.element.setAttribute("aria-rowindex", String(place + 2)); // the head is row 1
    this.element.classList.toggle("opened", is_opened);
    this.element.dataset.state = song.state;
    if (is_opened) this.open.setAttribute("aria-current", "true");
    else this.open.removeAttribute("aria-current");
    for (const button of [this.open, this.remove]) button.tabIndex = is_active ? 0 : -1;
    this._write(song);
    this._draw(song, colours);
  }

  /** @param {Song} song */
  _write(song) {
    const { number, verdict, confidence, duration, state } = this._cells;
    const { packed, error, so_far } = song;
    write(number, String(song.number));
    write(this.open, song.title);
    write(this._reason, error ? say.problemInWords(error) : "");
    write(verdict, song.verdict ? say.verdictInAWord(song.verdict) : "");
    verdict.classList.toggle("unsure", song.verdict?.unsure ?? false);
    write(confidence, song.verdict ? say.percent(song.verdict.confidence) : "");
    write(duration, packed ? say.clock(packed.duration_s) : "");
    write(state, say.songState(song.state, so_far?.fraction ?? 0));
    this.remove.setAttribute("aria-label", say.removeSong(song.title));
  }

  /** A miniature is drawn when it is another one than before. @param {Song} song @param {Colours} colours */
  _draw(song, colours) {
    const { miniature } = song;
    if (miniature === this._miniature && colours.on_dark === this._on_dark) return;
    this._miniature = miniature;
    this._on_dark = colours.on_dark;
    drawMiniature(this._canvas, song.miniature, colours);
  }
}

/** @param {string} name */
const newButton = (name) => Object.assign(document.createElement("button"), { type: "button", className: name });

/** What stands there already is not laid out again. @param {HTMLElement} place @param {string} text */
function write(place, text) {
  if (place.textContent !== text) place.textContent = text;
}
