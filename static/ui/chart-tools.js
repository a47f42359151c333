/** The buttons above the chart: which picture it shows, and how closely. */

import * as say from "../messages.js";
import { ZOOM_STEP } from "./chart-gestures.js";
import { rememberedChoice } from "./choice.js";
import { recall, remember } from "./memory.js";
import { element } from "./page.js";

/** @typedef {import("./chart.js").Chart} Chart */

export class ChartTools {
  /** @param {Chart} chart */
  constructor(chart) {
    this._closer = element("#zoom-in");
    this._farther = element("#zoom-out");
    this._whole = element("#zoom-whole");
    this._announcer = element("#announcer");
    this._why_not = element("#no-sound");
    this._sound = /** @type {HTMLInputElement} */ (element("#show-sound"));
    chart.setPicture(rememberedChoice("picture", (name) => chart.setPicture(name)) ?? "");
    this._offerSound(chart);
    this._closer.addEventListener("click", () => chart.zoom(ZOOM_STEP));
    this._farther.addEventListener("click", () => chart.zoom(1 / ZOOM_STEP));
    this._whole.addEventListener("click", () => chart.zoom(0));
  }

  /** The name of the one that is chosen: one of PICTURES. */
  get picture() {
    return /** @type {HTMLInputElement} */ (element('input[name="picture"]:checked')).value;
  }

  get shows_sound() {
    return this._sound.checked;
  }

  /** @param {Chart} chart */
  _offerSound(chart) {
    const box = this._sound;
    box.checked = recall("sound") === true;
    chart.showSound(box.checked);
    box.addEventListener("change", () => {
      remember("sound", box.checked);
      chart.showSound(box.checked);
    });
  }

  /** @param {string} why_not there is no picture of the sound; empty where there is one */
  offerSound(why_not) {
    this._sound.disabled = why_not !== "";
    this._sound.parentElement?.setAttribute("title", why_not);
    this._why_not.textContent = why_not;
    this._why_not.hidden = why_not === "" || !this._sound.checked; // who did not ask for it need not read why
  }

  /**
   * What makes no difference now is said to be off, but keeps the focus of whoever has just used it.
   * @param {import("./viewport.js").Viewport} viewport
   * @param {boolean} is_to_be_told a screen reader has no other way to know
   */
  showView({ is_whole, start_s, end_s }, is_to_be_told) {
    for (const button of [this._farther, this._whole]) button.setAttribute("aria-disabled", String(is_whole));
    if (is_to_be_told) this._announcer.textContent = is_whole ? say.WHOLE_SONG_SHOWN : say.partShown(start_s, end_s);
  }
}
