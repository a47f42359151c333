/** A genre on the page: its name, its songs, and the ways to give it more. */

import { foundIn, songsAmong } from "../library/files.js";
import * as say from "../messages.js";
import { newSpan } from "../ui/page.js";
import { LONGEST_NAME } from "./course.js";
import { takeDrops } from "./drops.js";

/**
 * @typedef {import("./course.js").CourseGenre} CourseGenre
 * @typedef {import("./course.js").CourseSong} CourseSong
 *
 * @typedef {object} Listener
 * @property {(name: string) => void} onName
 * @property {(files: File[]) => void} onFiles none: there were no songs in what was given
 * @property {(song: CourseSong) => void} onRemoveSong
 * @property {() => void} onRemove
 */

let n_cards = 0;

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | number | boolean>} properties
 * @param {HTMLElement[]} inside
 * @returns {HTMLElementTagNameMap[Tag]}
 */
function make(tag, properties, ...inside) {
  const made = document.createElement(tag);
  Object.assign(made, properties);
  made.append(...inside);
  return made;
}

export class GenreCard {
  /** @param {CourseGenre} genre @param {Listener} listener */
  constructor(genre, listener) {
    this._genre = genre;
    this._listener = listener;
    /** @type {Map<CourseSong, HTMLLIElement>} */
    this._rows = new Map();
    const id = `teach-songs-${(n_cards += 1)}`;
    this._name = make("input", { className: "name", maxLength: LONGEST_NAME, autocomplete: "off", value: genre.name });
    this._input = make("input", { type: "file", id, multiple: true, className: "visually-hidden" });
    this._button = make("label", { htmlFor: id, className: "button", textContent: say.TEACH_ADD_SONGS });
    this._songs = make("ol", {});
    this._count = make("p", { className: "count" });
    this._remove = make("button", { type: "button", className: "quiet", textContent: say.TEACH_REMOVE_GENRE });
    const head = make("div", { className: "genre-head" }, this._name, this._input, this._button);
    const foot = make("div", { className: "genre-foot" }, this._count, this._remove);
    this.element = make("div", { className: "genre" }, head, this._songs, foot);
    this.element.setAttribute("role", "group");
    this._listen();
  }

  focus() {
    this._name.focus();
  }

  /** @param {number} number of the card, from 1 */
  show(number) {
    const { name, songs } = this._genre;
    if (document.activeElement !== this._name) this._name.value = name;
    const called = name || say.teachGenreNumber(number);
    this._name.setAttribute("aria-label", say.teachNameLabel(number));
    this._name.placeholder = say.teachGenreNumber(number);
    this.element.setAttribute("aria-label", called);
    this._input.setAttribute("aria-label", say.teachAddSongsTo(called));
    this._remove.setAttribute("aria-label", say.teachRemove(called));
    this._count.textContent = songs.length === 0 ? say.TEACH_DROP_HERE : say.songsInWords(songs.length);
    this._showSongs();
  }

  /** @param {CourseSong} song of any genre, of which more is heard */
  showProgress(song) {
    const row = this._rows.get(song);
    if (row) setText(row.children[1], stateOf(song));
  }

  _showSongs() {
    const { songs } = this._genre;
    const there = new Set(songs);
    for (const [song, row] of this._rows) {
      if (there.has(song)) continue;
      if (row.contains(document.activeElement)) this._name.focus(); // else the keyboard would be back at the page's top
      row.remove();
      this._rows.delete(song);
    }
    songs.forEach((song, i) => {
      const row = this._rowOf(song);
      if (this._songs.children[i] !== row) this._songs.insertBefore(row, this._songs.children[i] ?? null);
      showRow(row, song, song.title ?? say.teachKeptSong(i + 1));
    });
  }

  /** @param {CourseSong} song @returns {HTMLLIElement} */
  _rowOf(song) {
    const there = this._rows.get(song);
    if (there) return there;
    const remove = make("button", { type: "button", className: "remove", textContent: "×" });
    remove.addEventListener("click", () => this._listener.onRemoveSong(song));
    const row = make("li", {}, newSpan("title", ""), newSpan("state", ""), remove);
    this._rows.set(song, row);
    return row;
  }

  _listen() {
    this._name.addEventListener("input", () => this._listener.onName(this._name.value));
    this._remove.addEventListener("click", () => this._listener.onRemove());
    this._input.accept = "audio/*,video/mp4,video/webm,.mp3,.ogg,.oga,.opus,.flac,.m4a,.aac,.wav,.aif,.aiff,.weba";
    this._input.addEventListener("change", () => {
      this._listener.onFiles(songsAmong(foundIn(this._input.files)));
      this._input.value = ""; // else choosing the same file again would not be a change
    });
    takeDrops(this.element, async (files, folders) => {
      const inside = await Promise.all(folders.map(({ found }) => found));
      this._listener.onFiles(songsAmong([...files, ...inside.flat()]));
    });
  }
}

/** @param {HTMLLIElement} row @param {CourseSong} song @param {string} title */
function showRow(row, song, title) {
  const [name, state, remove] = row.children;
  if (row.dataset.state !== song.state) row.dataset.state = song.state;
  setText(state, stateOf(song));
  if (name.textContent === title) return;
  name.textContent = title;
  remove.setAttribute("aria-label", say.removeSong(title));
}

/** @param {CourseSong} song */
const stateOf = ({ problem, state, fraction }) =>
  problem ? say.teachProblem(problem) : say.teachSongState(state, fraction);

/** @param {Element} element @param {string} words are there hundreds of times, and mostly already */
function setText(element, words) {
  if (element.textContent !== words) element.textContent = words;
}
