/** Charts that come with a link: the fragment of the page's address is read at the start, and when it changes. */

import { isChartLink } from "./fragment.js";
import { LinkError } from "./link-error.js";

/** @typedef {import("./link-format.js").TitledAnalysis} TitledAnalysis */

export class LinkedChart {
  /**
   * @param {object} listener
   * @param {(song: TitledAnalysis) => void} listener.onChart
   * @param {(error: LinkError) => void} listener.onBroken
   * @param {() => () => boolean} listener.sinceNow whether nothing else was chosen since
   */
  constructor(listener) {
    this._listener = listener;
    addEventListener("hashchange", () => this._open());
    this._open();
  }

  /** The address no longer says what the page shows: a reload must not bring the linked chart back. */
  leave() {
    if (isChartLink(location.hash)) history.replaceState(history.state, "", location.pathname + location.search);
  }

  async _open() {
    const fragment = location.hash;
    if (!isChartLink(fragment)) return;
    const isNewest = this._listener.sinceNow();
    const isWanted = () => isNewest() && fragment === location.hash;
    try {
      const { linkedSong } = await import("./chart-link.js");
      const song = await linkedSong(fragment);
      if (isWanted()) this._listener.onChart(song);
    } catch (error) {
      const link_error = error instanceof LinkError ? error : new LinkError("not-loaded", String(error));
      console.warn(`genrescope: ${link_error.message}`);
      if (isWanted()) this._listener.onBroken(link_error);
    }
  }
}
