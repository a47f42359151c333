/** The list of songs on the page: how far it is, its buttons, its table. It is there as soon as there are several. */

import * as say from "../messages.js";
import { element } from "../ui/page.js";
import { csvOf } from "./csv.js";
import { download } from "../download.js";
import { SongTable } from "./table.js";

/** @typedef {import("./songs.js").Songs} Songs */

export class LibraryPanel {
  /** @param {(words: string) => void} announce says it to who does not see the table */
  constructor(announce) {
    this._announce = announce;
    /** @type {Songs | null} */
    this._songs = null;
    this._n_skipped = 0;
    this._was_busy = false;
    this._frame = 0;
    this._panel = element("#library");
    const scroller = element("#library-scroller");
    const [table, body] = [element("#library-table"), element("#library-table tbody")];
    this._table = new SongTable(
      { scroller, table, body },
      {
        onOpen: (song) => this._songs?.open(song),
        onRemove: (song) => this._songs?.remove(song),
        onSort: (head, direction) => announce(say.sortedBy(head.textContent ?? "", direction)),
      },
    );
  }

  /** @param {Songs} songs */
  listenTo(songs) {
    this._songs = songs;
    element("#library-pause").addEventListener("click", () => this._togglePause(songs));
    element("#library-cancel").addEventListener("click", () => songs.cancel());
    element("#library-clear").addEventListener("click", () => {
      songs.clear();
      element("#file").focus();
    });
    element("#library-csv").addEventListener("click", () => this._save());
  }

  /** @param {number} n_songs that were added @param {number} n_skipped files that came with them and are none */
  tellAdded(n_songs, n_skipped) {
    this._n_skipped = n_skipped;
    if (n_songs > 1 || n_skipped > 0) this._announce(say.addedInWords(n_songs, n_skipped));
    element("#library-skipped").textContent = say.skippedInWords(n_skipped);
  }

  /** @param {"list" | "state" | "progress"} what has changed */
  show(what) {
    const songs = /** @type {Songs} */ (this._songs);
    this._panel.hidden = !songs.is_choice;
    if (what === "progress") return this._table.refresh(false);
    if (what === "list") this._table.setSongs(songs.list);
    this._table.setOpened(songs.opened);
    this._frame ||= requestAnimationFrame(() => {
      this._frame = 0;
      this._showState(songs);
    });
  }

  /** @param {Songs} songs */
  _showState(songs) {
    const { list, is_paused } = songs;
    const numbers = { ...countsOf(list), is_paused };
    const is_busy = numbers.n_waiting + numbers.n_listening > 0;
    element("#library-title").textContent = say.listTitle(list.length, list.filter(({ session }) => session).length);
    element("#library-state").textContent = say.listInWords(numbers);
    element("#library-pause").textContent = is_paused ? say.RESUME : say.PAUSE;
    this._offerToEnd(is_busy);
    if (this._was_busy && !is_busy && songs.are_many) this._announce(say.allHeard(numbers));
    this._was_busy = is_busy;
  }

  /** @param {boolean} is_busy with a song, or about to be */
  _offerToEnd(is_busy) {
    const buttons = [element("#library-pause"), element("#library-cancel")];
    const had_focus = buttons.some((button) => button === document.activeElement);
    for (const button of buttons) button.hidden = !is_busy;
    if (had_focus && !is_busy) element("#library-csv").focus(); // else the keyboard would be back at the page's top
  }

  /** @param {Songs} songs */
  _togglePause(songs) {
    if (songs.is_paused) songs.resume();
    else songs.pause();
    if (songs.is_paused) this._announce(say.PAUSED);
  }

  /** In the order of the table. */
  _save() {
    const lines = this._table.songs.map(({ name, packed, error }) => {
      return { name, packed, problem: error ? say.problemInWords(error) : "" };
    });
    download(new Blob([csvOf(lines)], { type: "text/csv;charset=utf-8" }), say.CSV_FILE_NAME);
  }
}

/** @param {import("./song.js").Song[]} list */
function countsOf(list) {
  const n = { waiting: 0, listening: 0, done: 0, failed: 0 };
  for (const { state } of list) n[state] += 1;
  return { n_waiting: n.waiting, n_listening: n.listening, n_done: n.done, n_failed: n.failed };
}
