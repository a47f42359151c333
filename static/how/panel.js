/** The explanation of one second of the song on the page: it follows where the song is, one second after another. */

import { SongError } from "../engine/song-error.js";
import * as protocol from "../explain/protocol.js";
import { Questions } from "../explain/questions.js";
import * as say from "../messages/how.js";
import { problemInWords } from "../messages.js";
import { newButton, newElement } from "../ui/new-elements.js";
import { element } from "../ui/page.js";
import { fetchStyles } from "../ui/style-sheet.js";
import { Stages } from "./stages.js";
import { whyNoSound } from "./why-no-sound.js";

/**
 * @typedef {import("../ui/told-analysis.js").SongOnPage} SongOnPage
 * @typedef {import("../ui/told-analysis.js").ToldAnalysis} ToldAnalysis
 * @typedef {import("../engine/analyser-loader.js").Model} Model
 * @typedef {import("./look-worker.js").Look} Look
 *
 * @typedef {object} World
 * @property {() => Promise<Model>} getModel that listens now
 * @property {(time_s: number) => void} seek
 * @property {(words: string) => void} announce
 *
 * @typedef {{song: SongOnPage, analysis: ToldAnalysis, model: Model, why_no_sound: string}} Subject
 */

const STYLES = new URL("../how.css", import.meta.url).href;

const createWorker = () => new Worker(new URL("./look-worker.js", import.meta.url), { type: "module", name: "look" });

const wants_less_motion = matchMedia("(prefers-reduced-motion: reduce)");

export class HowPanel {
  /** @param {HTMLElement} place @param {World} world */
  constructor(place, world) {
    this._world = world;
    this._stages = new Stages();
    /** @type {Questions | null} */
    this._questions = null;
    /** @type {Model | null} that the questions are asked of */
    this._asked = null;
    /** @type {Subject | null} what is explained */
    this._subject = null;
    this._n_shown = 0; // songs
    this._time_s = 0;
    this._row = -1; // that is explained, or being looked at
    this._is_looking = false;
    this._state = element("#how-state");
    this._invitation = newElement("div", "how-invitation");
    this._second = newElement("div", "how-second");
    this._heading = document.createElement("h2");
    this._build(place);
  }

  /** @param {HTMLElement} place @param {World} world @returns {Promise<HowPanel>} once its styles are there */
  static async create(place, world) {
    await fetchStyles(STYLES);
    return new HowPanel(place, world);
  }

  /** @param {HTMLElement} place */
  _build(place) {
    const invite = newElement("p", "hint", say.INVITATION);
    this._invitation.append(invite, newButton(say.TAKE_SAMPLE, "button", () => element("#sample").click()));
    const tools = newElement("div", "how-tools");
    const step = (/** @type {number} */ by) => () => this._step(by);
    tools.append(newButton(say.BACK, "quiet", step(-1)), newButton(say.ON, "quiet", step(1)));
    this._second.append(this._heading, tools);
    const introduction = newElement("p", "hint", say.INTRODUCTION);
    this._stages.element.before(introduction);
    this._state.before(this._invitation, introduction, this._second);
    place.append(this._stages.element);
    this._introduction = introduction;
  }

  /** @param {SongOnPage | null} song @param {number} time_s */
  async show(song, time_s) {
    this._n_shown += 1;
    const n_shown = this._n_shown;
    this._time_s = time_s;
    this._subject = null;
    this._row = -1;
    const analysis = song?.analysis ?? null;
    this._layOut(song !== null, analysis !== null);
    this._state.textContent = song && !analysis ? say.WAIT : "";
    if (!song || !analysis) return;
    try {
      const model = await this._world.getModel();
      if (n_shown !== this._n_shown) return;
      const reason = whyNoSound(song, analysis, model);
      const subject = { song, analysis, model, why_no_sound: reason ? say.NO_SOUND[reason] : "" };
      this._subject = subject;
      this._heading.textContent = song.title;
      this._stages.tell(subject);
      this._state.textContent = subject.why_no_sound;
      this._look();
    } catch (error) {
      this._fail(SongError.from(error));
    }
  }

  /** @param {boolean} is_song @param {boolean} is_whole */
  _layOut(is_song, is_whole) {
    this._invitation.hidden = is_song;
    for (const part of [this._introduction, this._second, this._stages.element]) {
      if (part) part.hidden = !is_whole;
    }
  }

  /** @param {number} time_s @param {boolean} is_playing */
  follow(time_s, is_playing) {
    this._time_s = time_s;
    if (is_playing && wants_less_motion.matches) return;
    this._look();
  }

  /** Gives back what the worker takes: a network, and a decoder. */
  close() {
    this._n_shown += 1;
    this._subject = null;
    this._questions?.end();
    this._asked = null;
  }

  /** @param {number} by rows */
  _step(by) {
    if (!this._subject) return;
    const { step_s, probabilities } = this._subject.analysis;
    const row = Math.min(probabilities.length - 1, Math.max(0, this._rowNow() + by));
    this._world.seek((row + 0.5) * step_s);
  }

  _rowNow() {
    if (!this._subject) return -1;
    const { step_s, probabilities } = this._subject.analysis;
    return Math.min(probabilities.length - 1, Math.max(0, Math.floor(this._time_s / step_s)));
  }

  /** Explains the second that the song is at, and then the one that it is at by then, until they are the same. */
  async _look() {
    if (this._is_looking) return;
    this._is_looking = true;
    while (this._subject && this._row !== this._rowNow()) {
      const subject = this._subject;
      this._row = this._rowNow();
      await this._explain(subject, this._row);
    }
    this._is_looking = false;
  }

  /** @param {Subject} subject @param {number} row */
  async _explain(subject, row) {
    let look = null;
    if (!subject.why_no_sound) {
      try {
        look = await this._ask(subject, row);
        if (subject === this._subject) this._state.textContent = "";
      } catch (error) {
        if (subject === this._subject) this._fail(SongError.from(error));
      }
    }
    if (subject !== this._subject) return;
    this._heading.textContent = say.heading(subject.song.title, row * subject.analysis.step_s);
    this._stages.show(subject, row, look);
  }

  /** @param {Subject} subject @param {number} row @returns {Promise<Look>} */
  _ask({ song, model }, row) {
    if (this._asked?.folder !== model.folder || !this._questions) {
      this._questions?.end();
      this._questions = new Questions(createWorker, { contract: model.contract, folder: model.folder });
      this._asked = model;
      this._state.textContent = say.LOOKING;
    }
    return this._questions.ask({ kind: protocol.LOOK, file: song.media, row }, song.media);
  }

  /** @param {SongError} error */
  _fail(error) {
    this._state.textContent = say.failed(problemInWords(error));
    this._world.announce(this._state.textContent);
  }
}
