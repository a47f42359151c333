/**
 * The way to the question why a genre is heard in a second: a button above the chart and a key on it. All that answers
 * is fetched when it is asked for.
 */

import * as say from "../messages.js";
import { element } from "../ui/page.js";
import { warn } from "../ui/page-state.js";
import { originOf } from "../ui/told-analysis.js";

/**
 * @typedef {{contract: import("../contract.js").Contract, folder: import("../model-files.js").ModelFolder}} Model
 *
 * @typedef {object} Surroundings
 * @property {() => Promise<Model>} getModel that listens now
 * @property {() => number} getTime s, of the song: where it is looked at
 * @property {() => void} pause the player
 *
 * @typedef {object} ExplainableSong
 * @property {Blob} media
 * @property {import("../ui/told-analysis.js").ToldAnalysis} analysis
 * @property {Model} model that has made it
 */

export class WhyEntry {
  /** @param {Surroundings} surroundings */
  constructor({ getModel, getTime, pause }) {
    this._getModel = getModel;
    this._getTime = getTime;
    this._pause = pause;
    this._button = element("#why-button");
    this._plot = element("#plot");
    /** @type {ExplainableSong | null} */
    this._song = null;
    /** @type {import("./panel.js").WhyPanel | null} once it was wanted */
    this._panel = null;
    /** @type {Promise<import("./panel.js").WhyPanel> | null} */
    this._making = null;
    this._n_songs = 0;
    this._button.addEventListener("click", () => this._open());
    this._button.addEventListener("pointerenter", () => this._prepare().catch(() => {})); // told after the click
    this._plot.addEventListener("keydown", (event) => {
      const is_alone = !event.altKey && !event.ctrlKey && !event.metaKey;
      if (is_alone && event.key.toLowerCase() === say.WHY_KEY.toLowerCase()) this._open();
    });
  }

  /**
   * A whole chart is shown. It can be asked where its sound and the network that heard it are here.
   * @param {Blob | null} media
   * @param {import("../ui/told-analysis.js").ToldAnalysis} analysis
   */
  async offer(media, analysis) {
    this.withdraw();
    if (!media || originOf(analysis) !== "here") return;
    const number = this._n_songs;
    const model = await this._getModel().catch(() => null);
    if (!model || number !== this._n_songs) return;
    const { name, version } = model.contract;
    if (name === analysis.model.name && version === analysis.model.version) this._setSong({ media, analysis, model });
  }

  /** There is no chart that could be asked. */
  withdraw() {
    this._n_songs += 1;
    this._panel?.close();
    this._setSong(null);
  }

  /** Another second is looked at: what is open explains it. */
  follow() {
    if (this._song && this._panel?.is_open) this._panel.show(this._song, this._getTime());
  }

  /** @param {ExplainableSong | null} song */
  _setSong(song) {
    this._song = song;
    this._button.hidden = song === null;
    this._plot.setAttribute("aria-label", song ? say.CHART_LABEL_WITH_WHY : say.TEXTS.chart_label);
  }

  /** The network is loaded while a pointer is still on its way. */
  async _prepare() {
    this._making ??= import("./panel.js").then(({ WhyPanel }) => {
      return WhyPanel.create({ button: this._button, pause: this._pause });
    });
    try {
      this._panel = await this._making;
    } catch (error) {
      this._making = null;
      throw error;
    }
    if (this._song) this._panel.warmUp(this._song);
  }

  async _open() {
    const time_s = this._getTime();
    const song = this._song;
    if (!song) return;
    try {
      await this._prepare();
    } catch {
      warn(say.WHY_NOT_LOADED);
      return;
    }
    if (song === this._song) this._panel?.toggle(song, time_s);
  }
}
