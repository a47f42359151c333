/**
 * The way inside the network: a button above the chart and a key on it. All that shows what its units answer is fetched
 * when it is asked for.
 */

import * as say from "../messages.js";
import { element } from "../ui/page.js";
import { warn } from "../ui/page-state.js";

/**
 * @typedef {import("../ui/told-analysis.js").SongOnPage} SongOnPage
 * @typedef {import("./panel.js").InsidePanel} InsidePanel
 */

export class InsideEntry {
  /** @param {Omit<import("./panel.js").World, "button">} world */
  constructor(world) {
    this._button = element("#inside-button");
    this._world = { ...world, button: this._button };
    /** @type {SongOnPage | null} that is whole */
    this._song = null;
    this._time_s = 0;
    /** @type {InsidePanel | null} once it was wanted */
    this._panel = null;
    /** @type {Promise<InsidePanel> | null} */
    this._making = null;
    this._button.addEventListener("click", () => this._toggle());
    element("#plot").addEventListener("keydown", (event) => {
      const is_alone = !event.altKey && !event.ctrlKey && !event.metaKey;
      if (is_alone && event.key.toLowerCase() === say.INSIDE_KEY.toLowerCase()) this._toggle();
    });
  }

  /** @param {SongOnPage} song that is on the page from now on, or is whole now */
  onSong(song) {
    const is_whole = song.analysis !== null;
    if (!is_whole) this._time_s = 0;
    this._panel?.close();
    this._song = is_whole ? song : null;
    this._button.hidden = !is_whole;
  }

  /** @param {number} time_s @param {boolean} is_playing */
  onTime(time_s, is_playing) {
    this._time_s = time_s;
    this._panel?.follow(time_s, is_playing);
  }

  async _toggle() {
    const song = this._song;
    if (!song) return;
    if (this._panel?.is_open) return this._panel.close();
    try {
      this._making ??= import("./panel.js").then(({ InsidePanel }) => InsidePanel.create(this._world));
      this._panel = await this._making;
      if (song === this._song) this._panel.show(song, this._time_s);
    } catch {
      this._making = null;
      warn(say.INSIDE_NOT_LOADED);
    }
  }
}
