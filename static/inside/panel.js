/** Inside the network: which of its units answer most in the second that the song is at, and what these hear best. */

import { SongError } from "../engine/song-error.js";
import * as protocol from "../explain/protocol.js";
import { Questions } from "../explain/questions.js";
import { whyNoSound } from "../how/why-no-sound.js";
import * as say from "../messages/inside.js";
import { problemInWords } from "../messages.js";
import { newButton, newElement } from "../ui/new-elements.js";
import { element } from "../ui/page.js";
import { fetchStyles } from "../ui/style-sheet.js";
import { LayerList } from "./layer-list.js";
import { UnitCard } from "./unit-card.js";

/**
 * @typedef {import("../ui/told-analysis.js").SongOnPage} SongOnPage
 * @typedef {import("../ui/told-analysis.js").ToldAnalysis} ToldAnalysis
 * @typedef {import("../engine/analyser-loader.js").Model} Model
 * @typedef {import("./inside-worker.js").Inside} Inside
 *
 * @typedef {object} World
 * @property {HTMLElement} button that opens it
 * @property {() => Promise<Model>} getModel that listens now
 * @property {() => void} pause the song's own player
 * @property {(words: string) => void} announce
 *
 * @typedef {{inside: Inside, step_s: number, sample_rate_hz: number}} Heard
 */

const STYLES = new URL("../inside.css", import.meta.url).href;

const createWorker = () =>
  new Worker(new URL("./inside-worker.js", import.meta.url), { type: "module", name: "inside" });

const wants_less_motion = matchMedia("(prefers-reduced-motion: reduce)");

export class InsidePanel {
  /** @param {World} world @returns {Promise<InsidePanel>} once its styles are there */
  static async create(world) {
    await fetchStyles(STYLES);
    return new InsidePanel(world);
  }

  /** @param {World} world */
  constructor(world) {
    this._world = world;
    this._place = element("#inside");
    /** @type {Questions | null} */
    this._questions = null;
    /** @type {Heard | null} what is shown */
    this._heard = null;
    this._n_shown = 0; // songs
    this._time_s = 0;
    this._row = -1; // that is shown
    this._title = Object.assign(document.createElement("h3"), { id: "inside-title" });
    this._state = Object.assign(newElement("p", ""), { id: "inside-state" });
    this._introduction = newElement("p", "hint");
    this._note = newElement("p", "hint");
    this._list = new LayerList((place) => this._choose(place));
    this._card = new UnitCard({
      pause: world.pause,
      imagine: (picture) => /** @type {Questions} */ (this._questions).ask({ kind: protocol.IMAGINE, picture }),
      onError: (error) => this._fail(error),
    });
    /** What there is to be seen once the song is heard. */
    this._parts = [this._introduction, this._card.element, this._list.element, this._note];
    this._build();
  }

  get is_open() {
    return !this._place.hidden;
  }

  _build() {
    const head = newElement("div", "inside-head");
    head.append(this._title, newButton(say.CLOSE, "quiet", () => this.close()));
    this._place.append(head, this._state, ...this._parts);
    this._place.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
  }

  /** @param {SongOnPage} song that is whole @param {number} time_s that it is at */
  async show(song, time_s) {
    this._n_shown += 1;
    const n_shown = this._n_shown;
    const analysis = /** @type {ToldAnalysis} */ (song.analysis);
    this._time_s = time_s;
    this._layOut(false);
    this._title.textContent = say.title(time_s);
    this._place.hidden = false;
    this._world.button.setAttribute("aria-expanded", "true");
    try {
      const model = await this._world.getModel();
      const reason = whyNoSound(song, analysis, model);
      if (n_shown !== this._n_shown) return;
      this._say(reason ? say.NO_SOUND[reason] : say.LISTENING);
      this._place.scrollIntoView({ block: "nearest" });
      if (reason) return;
      const inside = await this._hear(/** @type {Blob} */ (song.media), analysis, model);
      if (n_shown === this._n_shown) this._tell(inside, analysis, model);
    } catch (error) {
      if (n_shown === this._n_shown) this._fail(error);
    }
  }

  /** @param {Blob} file @param {ToldAnalysis} analysis @param {Model} model @returns {Promise<Inside>} */
  _hear(file, { probabilities }, { contract, folder }) {
    this._questions?.end();
    this._questions = new Questions(createWorker, { contract, folder });
    return this._questions.ask({ kind: protocol.INSIDE, file, n_rows: probabilities.length }, file);
  }

  /** @param {Inside} inside @param {ToldAnalysis} analysis @param {Model} model */
  _tell(inside, { step_s }, { contract }) {
    this._heard = { inside, step_s, sample_rate_hz: contract.signal_chain.sample_rate_hz };
    this._introduction.textContent = say.introduction(inside.layers.length);
    this._note.textContent = inside.music ? say.madeOf(inside.music) : say.nothingKnown(inside.problem);
    this._say("");
    this._layOut(true);
    this._list.tell(inside);
    this._row = -1;
    this._showRow();
    this._list.chooseFirst();
  }

  /** @param {number} time_s @param {boolean} is_playing */
  follow(time_s, is_playing) {
    this._time_s = time_s;
    if (!this.is_open || (is_playing && wants_less_motion.matches)) return;
    if (this._heard) this._showRow();
    else this._title.textContent = say.title(time_s);
  }

  _showRow() {
    const { inside, step_s } = /** @type {Heard} */ (this._heard);
    const row = Math.min(inside.n_rows - 1, Math.floor(this._time_s / step_s));
    if (row === this._row) return;
    this._row = row;
    this._title.textContent = say.title(row * step_s);
    this._list.show(row);
    this._card.follow(row);
  }

  /** @param {import("./layer-list.js").Place} place of a unit */
  _choose(place) {
    if (!this._heard) return;
    this._card.show({ ...this._heard, place }, this._row);
    this._world.announce(this._card.words);
  }

  /** With all that it takes: a network, too. */
  close() {
    const has_focus = this._place.contains(document.activeElement);
    this._n_shown += 1;
    this._heard = null;
    this._card.clear();
    this._list.clear();
    this._questions?.end();
    this._questions = null;
    this._place.hidden = true;
    this._world.button.setAttribute("aria-expanded", "false");
    if (has_focus) this._world.button.focus();
  }

  /** @param {boolean} is_heard */
  _layOut(is_heard) {
    for (const part of this._parts) part.hidden = !is_heard;
    this._place.setAttribute("aria-busy", String(!is_heard));
  }

  /** @param {string} words on the page, and to a screen reader */
  _say(words) {
    this._state.textContent = words;
    if (words) this._world.announce(words);
    this._place.setAttribute("aria-busy", String(words === say.LISTENING));
  }

  /** @param {unknown} error */
  _fail(error) {
    if (error instanceof DOMException && error.name === "AbortError") return; // it was closed meanwhile
    this._say(say.failed(problemInWords(SongError.from(error))));
  }
}
