/**
 * The way to the teaching: all of it is fetched when it is opened, which it is of itself where this browser has kept
 * what was taught to the end.
 */

import { LessonKeeper } from "../library/kept-lesson.js";
import * as say from "../messages.js";
import { canHash } from "../sha256.js";
import { element } from "../ui/page.js";

/** @typedef {import("./panel.js").TeachPanel} TeachPanel */

export class TeachEntry {
  /**
   * @param {import("../library/store.js").AnalysisStore} store
   * @param {Omit<import("./panel.js").World, "keeper">} world
   */
  constructor(store, world) {
    this._keeper = new LessonKeeper(store);
    this._world = world;
    this._details = /** @type {HTMLDetailsElement} */ (element("#teach"));
    /** @type {TeachPanel | null} */
    this._panel = null;
    /** @type {Promise<void> | null} */
    this._opening = null;
    this._details.addEventListener("toggle", () => this._open());
    this._keeper.hasFit().then((has_fit) => {
      if (has_fit) this._details.open = true;
    });
  }

  /** What was taught is forgotten with all else that the page has kept. */
  async forget() {
    await this._keeper.forget();
    await this._opening?.catch(() => {}); // it may have read before that what was kept
    await this._panel?.forget();
  }

  _open() {
    if (!this._details.open || this._opening) return;
    if (!canHash()) {
      this._tell(say.TEACH_NEEDS_HTTPS);
      element("#teach-work").hidden = true;
      return;
    }
    this._opening = this._start();
    this._opening.catch(() => {
      this._opening = null;
      this._tell(say.TEACH_NOT_LOADED);
    });
  }

  /** @param {string} words why there is nothing to do here */
  _tell(words) {
    element("#teach-state").textContent = words;
    this._world.announce(words);
  }

  async _start() {
    const { TeachPanel } = await import("./panel.js");
    this._panel ??= new TeachPanel({ ...this._world, keeper: this._keeper });
    await this._panel.open();
  }
}
