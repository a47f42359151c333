/** The list beside the chart: the genres of the whole song, or those of this moment while it plays. */

import { rememberedChoice } from "./choice.js";
import { drawGenreList } from "./genre-list.js";
import { NowBars } from "./now-bars.js";
import { element } from "./page.js";

export class GenrePanel {
  constructor() {
    this._whole = element("#shares");
    this._now = element("#now");
    this._bars = new NowBars(this._now);
    /** @type {string[]} */
    this._genres = [];
    this._chosen = rememberedChoice("panel", (name) => {
      this._chosen = name;
      this._show(name);
    });
    this._show(this._chosen ?? "whole");
  }

  /** @param {string[]} genres of a new song @param {number[] | null} [thresholds] where several can be heard at once */
  reset(genres, thresholds = null) {
    this._genres = genres;
    this._whole.replaceChildren();
    this._bars.clear(thresholds);
    if (this._chosen === null) this._show("whole");
  }

  /**
   * @param {Record<string, number>} shares by genre, of all that is known of the song
   * @param {string[]} [heard] where several can be heard at once: those that are, once that is known
   */
  setShares(shares, heard = []) {
    drawGenreList(this._whole, shares, this._genres, heard);
    this._bars.setGenres(this._genres, this._genres.map((genre) => shares[genre]));
  }

  /** @param {number[] | null} row of the current second @param {boolean} is_unsure */
  setRow(row, is_unsure) {
    this._bars.show(row, is_unsure);
  }

  /** Whoever has made no choice is shown what plays when it plays. */
  onPlay() {
    if (this._chosen === null) this._show("now");
  }

  /** @param {string} name */
  _show(name) {
    const radio = /** @type {HTMLInputElement} */ (element(`input[name="panel"][value="${name}"]`));
    radio.checked = true;
    this._whole.hidden = name !== "whole";
    this._now.hidden = name !== "now";
  }
}
