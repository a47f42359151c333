/** The way to "How does it work?": all of it is fetched when it is opened. */

import * as say from "../messages.js";
import { element } from "../ui/page.js";

/**
 * @typedef {import("../ui/told-analysis.js").SongOnPage} SongOnPage
 * @typedef {import("./panel.js").HowPanel} HowPanel
 */

export class HowEntry {
  /** @param {import("./panel.js").World} world */
  constructor(world) {
    this._world = world;
    this._details = /** @type {HTMLDetailsElement} */ (element("#how"));
    /** @type {HowPanel | null} */
    this._panel = null;
    /** @type {Promise<HowPanel> | null} */
    this._making = null;
    /** @type {SongOnPage | null} */
    this._song = null;
    this._time_s = 0;
    this._details.addEventListener("toggle", () => this._toggle());
  }

  /** @param {SongOnPage} song that is on the page from now on, or is whole now */
  onSong(song) {
    if (song.analysis === null) this._time_s = 0;
    this._song = song;
    this._panel?.show(song, this._time_s);
  }

  /** @param {number} time_s @param {boolean} is_playing */
  onTime(time_s, is_playing) {
    this._time_s = time_s;
    this._panel?.follow(time_s, is_playing);
  }

  async _toggle() {
    if (!this._details.open) return this._panel?.close();
    try {
      this._making ??= import("./panel.js").then(({ HowPanel }) => HowPanel.create(this._details, this._world));
      this._panel = await this._making; // one, however often it was opened meanwhile
      if (this._details.open) this._panel.show(this._song, this._time_s);
    } catch {
      this._making = null;
      this._world.announce(say.TEACH_NOT_LOADED);
      element("#how-state").textContent = say.TEACH_NOT_LOADED;
    }
  }
}
