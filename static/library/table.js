/**
 * The table of songs. Of thousands of rows only those exist that can be seen; two empty rows stand for all others, so
 * that the scroll bar is that of the whole table. Arrow keys move from song to song.
 */

import { TableRow } from "./table-row.js";
import { isMoving, nextDirection, ordered } from "./order.js";

/**
 * @typedef {import("./song.js").Song} Song
 * @typedef {import("./miniature.js").Colours} Colours
 * @typedef {import("./order.js").Column} Column
 * @typedef {import("./order.js").Direction} Direction
 *
 * @typedef {object} Listener
 * @property {(song: Song) => void} onOpen
 * @property {(song: Song) => void} onRemove
 * @property {(column: HTMLElement, direction: Direction) => void} onSort
 */

/** Rows above and below those that can be seen: a wheel's step shows none that is not there yet. */
const N_SPARE = 4;
const GUESSED_ROW_PX = 56;
const REMOVING = new Set(["Delete", "Backspace"]);

export class SongTable {
  /** @param {{scroller: HTMLElement, table: HTMLElement, body: HTMLElement}} parts @param {Listener} listener */
  constructor({ scroller, table, body }, listener) {
    this._scroller = scroller;
    this._table = table;
    this._body = body;
    this._listener = listener;
    this._heads = /** @type {HTMLElement[]} */ ([...table.querySelectorAll("th[data-column]")]);
    /** @type {Song[]} as they came */
    this._songs = [];
    /** @type {Song[]} as they are shown */
    this._shown = [];
    /** @type {Song | null} */
    this._opened = null;
    /** @type {Song | null} the one that the Tab key comes to */
    this._active = null;
    /** @type {{column: Column, direction: Direction}} */
    this._sort = { column: "number", direction: "none" };
    /** @type {TableRow[]} */
    this._rows = [];
    this._above = newSpacer();
    this._below = newSpacer();
    this._row_px = GUESSED_ROW_PX;
    this._frame = 0;
    this._is_stale = false;
    this._dark = matchMedia("(prefers-color-scheme: dark)");
    body.replaceChildren(this._above, this._below);
    this._listen();
  }

  /** @param {Song[]} songs as they came */
  setSongs(songs) {
    this._songs = songs;
    this.refresh(true);
  }

  /** Songs' states may have changed with it. @param {Song | null} song the one that is looked at */
  setOpened(song) {
    this._opened = song;
    this.refresh(this._sort.direction !== "none" && isMoving(this._sort.column));
  }

  /** @param {boolean} has_moved songs may have changed their places */
  refresh(has_moved) {
    this._is_stale ||= has_moved;
    this._frame ||= requestAnimationFrame(() => {
      this._frame = 0;
      this._render();
    });
  }

  /** @returns {Song[]} in the order of the table */
  get songs() {
    if (this._is_stale) this._reorder();
    return this._shown;
  }

  _listen() {
    const { _scroller: scroller, _body: body } = this;
    scroller.addEventListener("scroll", () => this.refresh(false), { passive: true });
    new ResizeObserver(() => this.refresh(false)).observe(scroller);
    this._dark.addEventListener("change", () => this.refresh(false));
    body.addEventListener("click", (event) => this._onClick(event));
    scroller.addEventListener("keydown", (event) => this._onKey(event));
    for (const head of this._heads) head.addEventListener("click", () => this._onSort(head));
  }

  /** @param {Event} event @returns {Song | null} the one whose row it happened in */
  _songAt({ target }) {
    return this._rows.find(({ element }) => target instanceof Node && element.contains(target))?.song ?? null;
  }

  /** @param {MouseEvent} event */
  _onClick(event) {
    const song = this._songAt(event);
    if (!song) return;
    this._active = song;
    if (/** @type {Element} */ (event.target).closest(".remove")) this._remove(song);
    else this._listener.onOpen(song);
    this.refresh(false);
  }

  /** The next one takes its place, for the keyboard, too. @param {Song} song */
  _remove(song) {
    const place = this.songs.indexOf(song);
    const had_focus = this._scroller.contains(document.activeElement);
    this._listener.onRemove(song);
    const neighbour = this.songs[Math.min(place, this.songs.length - 1)];
    if (neighbour && had_focus) this._moveTo(neighbour);
  }

  /** @param {KeyboardEvent} event */
  _onKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || this.songs.length === 0) return;
    if (event.target instanceof Element && event.target.closest("thead")) return;
    const here = this._active ? this.songs.indexOf(this._active) : -1;
    if (REMOVING.has(event.key) && this._active && here >= 0) return this._remove(this._active);
    const place = this._placeFor(event.key, here);
    if (place === null) return;
    event.preventDefault();
    this._moveTo(this.songs[Math.min(this.songs.length - 1, Math.max(0, place))]);
  }

  /** @param {string} key @param {number} here @returns {number | null} where it leads; null: nowhere */
  _placeFor(key, here) {
    const page = Math.max(1, Math.floor(this._scroller.clientHeight / this._row_px) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    const step = steps[/** @type {keyof steps} */ (key)];
    return step === undefined ? null : here + step;
  }

  /** @param {Song} song to have the keyboard's focus */
  _moveTo(song) {
    this._active = song;
    this._scrollTo(this.songs.indexOf(song));
    this._render();
    this._rows.find((row) => row.song === song)?.open.focus({ preventScroll: true });
  }

  /** @param {number} place to be seen as a whole */
  _scrollTo(place) {
    const scroller = this._scroller;
    const top_px = place * this._row_px;
    const seen_px = scroller.clientHeight - this._head_px;
    if (top_px < scroller.scrollTop) scroller.scrollTop = top_px;
    else if (top_px + this._row_px > scroller.scrollTop + seen_px) scroller.scrollTop = top_px + this._row_px - seen_px;
  }

  get _head_px() {
    return /** @type {HTMLElement} */ (this._table.querySelector("thead")).offsetHeight;
  }

  /** @param {HTMLElement} head of a column */
  _onSort(head) {
    const column = /** @type {Column} */ (head.dataset.column);
    const before = this._sort.column === column ? this._sort.direction : "none";
    this._sort = { column, direction: nextDirection(before) };
    for (const other of this._heads) other.setAttribute("aria-sort", other === head ? this._sort.direction : "none");
    this._scroller.scrollTop = 0;
    this.refresh(true);
    this._listener.onSort(head, this._sort.direction);
  }

  _reorder() {
    this._is_stale = false;
    this._shown = ordered(this._songs, this._sort.column, this._sort.direction);
    if (!this._active || !this._shown.includes(this._active)) this._active = this._opened ?? this._shown[0] ?? null;
  }

  _render() {
    const songs = this.songs;
    const n_rows = Math.ceil(this._scroller.clientHeight / this._row_px) + 2 * N_SPARE;
    const scrolled = Math.floor(this._scroller.scrollTop / this._row_px) - N_SPARE;
    const first = Math.max(0, Math.min(scrolled, songs.length - n_rows));
    const end = Math.min(songs.length, first + n_rows);
    const focus = this._focus();
    const colours = this._colours();
    this._fitRows(end - first);
    this._rows.forEach((row, i) => this._showRow(row, songs[first + i], first + i, colours));
    if (focus) this._restore(focus);
    this._table.setAttribute("aria-rowcount", String(songs.length + 1));
    this._row_px = this._rows[0]?.element.offsetHeight || this._row_px;
    this._above.style.height = `${first * this._row_px}px`;
    this._below.style.height = `${(songs.length - end) * this._row_px}px`;
  }

  /** @param {TableRow} row @param {Song} song @param {number} place @param {Colours} colours */
  _showRow(row, song, place, colours) {
    row.show(song, { place, is_opened: song === this._opened, is_active: song === this._active, colours });
  }

  _colours() {
    return { neutral: getComputedStyle(this._table).getPropertyValue("--soft"), on_dark: this._dark.matches };
  }

  /** @returns {{song: Song, is_on_remove: boolean} | null} where the keyboard is */
  _focus() {
    const row = this._rows.find(({ element }) => element.contains(document.activeElement));
    return row?.song ? { song: row.song, is_on_remove: document.activeElement === row.remove } : null;
  }

  /** Focus goes with its song, not with the row; when that cannot be seen any more, it waits in the table. */
  _restore(/** @type {{song: Song, is_on_remove: boolean}} */ { song, is_on_remove }) {
    const row = this._rows.find((other) => other.song === song);
    const wanted = row ? (is_on_remove ? row.remove : row.open) : this._scroller;
    if (document.activeElement !== wanted) wanted.focus({ preventScroll: true });
  }

  /** @param {number} n */
  _fitRows(n) {
    while (this._rows.length > n) this._rows.pop()?.element.remove();
    while (this._rows.length < n) {
      const row = new TableRow();
      this._rows.push(row);
      this._below.before(row.element);
    }
  }
}

function newSpacer() {
  const spacer = document.createElement("tr");
  spacer.className = "spacer";
  spacer.setAttribute("aria-hidden", "true");
  return spacer;
}
