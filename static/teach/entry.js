/** The way to the teaching: all of it is fetched when it is opened, or when this browser has kept what was taught. */

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
    /** @type {Promise<TeachPanel> | null} */
    this._panel = null;
    this._details.addEventListener("toggle", () => this._open());
    this._keeper.hasAny().then((has_any) => {
      if (has_any) this._details.open = true;
    });
  }

  /** What was taught is forgotten with all else that the page has kept. */
  async forget() {
    if (this._panel) await (await this._panel).forget();
    else await this._keeper.forget();
  }

  _open() {
    if (!this._details.open || this._panel) return;
    if (!canHash()) {
      element("#teach-state").textContent = say.TEACH_NEEDS_HTTPS;
      element("#teach-work").hidden = true;
      return;
    }
    this._panel = this._start();
    this._panel.catch(() => {
      this._panel = null;
      element("#teach-state").textContent = say.TEACH_NOT_LOADED;
    });
  }

  async _start() {
    const { TeachPanel } = await import("./panel.js");
    const panel = new TeachPanel({ ...this._world, keeper: this._keeper });
    await panel.open();
    return panel;
  }
}
