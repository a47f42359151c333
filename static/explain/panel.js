/** Why a genre is heard in a second: the panel below the chart that shows, says and plays what spoke for it. */

import { SongError } from "../engine/song-error.js";
import { genreShares, problemInWords } from "../messages.js";
import * as say from "../messages/why.js";
import { element } from "../ui/page.js";
import { announce } from "../ui/page-state.js";
import { fetchStyles } from "../ui/style-sheet.js";
import { Explainer } from "./explainer.js";
import { Listening } from "./listening.js";
import { toldOf } from "./marks.js";
import { roundHz } from "./mel-bands.js";
import { WhyPicture } from "./picture.js";

/**
 * @typedef {import("./entry.js").ExplainableSong} ExplainableSong
 * @typedef {{song: ExplainableSong, row: number, genre: number}} Question
 * @typedef {import("./explainer.js").Heard & {song: ExplainableSong, row: number}} HeardRow
 */

const STYLE_SHEET = new URL("../explain.css", import.meta.url).href;

/** What reaches so near to the lowest or the highest band goes on to there, in words. */
const END_BANDS = 3;

/** @param {number[]} row @returns {number} its likeliest genre */
const likeliest = (row) => row.indexOf(Math.max(...row));

/** @typedef {{button: HTMLElement, pause: () => void}} AroundPanel */

export class WhyPanel {
  /** @param {AroundPanel} page @returns {Promise<WhyPanel>} once its styles are there */
  static async create(page) {
    await fetchStyles(STYLE_SHEET);
    return new WhyPanel(page);
  }

  /** @param {AroundPanel} page */
  constructor({ button, pause }) {
    this._button = button;
    this._place = element("#why");
    this._words = element("#why-words");
    this._select = /** @type {HTMLSelectElement} */ (element("#why-genre"));
    this._picture = new WhyPicture({
      sound: /** @type {HTMLCanvasElement} */ (element("#why-sound")),
      marks: /** @type {HTMLCanvasElement} */ (element("#why-marks")),
      second: element("#why-second"),
      time: element("#why-time"),
      hz: element("#why-hz"),
      spoke_for: element("#why-legend .for"),
      spoke_against: element("#why-legend .against"),
    });
    this._listening = new Listening(pause, (error) => this._say(problemInWords(SongError.from(error))));
    /** @type {Explainer | null} */
    this._explainer = null;
    /** @type {import("../model-files.js").ModelFolder | null} that it is of */
    this._folder = null;
    /** @type {Question | null} the one that is shown, or is to be */
    this._question = null;
    /** @type {Question | null} the one to be answered next: of several only the last is */
    this._next = null;
    this._is_working = false;
    /** @type {HeardRow | null} kept for its other genres */
    this._heard = null;
    this._listen();
  }

  get is_open() {
    return this._question !== null;
  }

  /** @param {ExplainableSong} song that may be asked about */
  warmUp({ model }) {
    this._explainerOf(model).warmUp();
  }

  /** @param {ExplainableSong} song @param {number} time_s that is explained, or was, and is enough of */
  toggle(song, time_s) {
    const is_shown = this.is_open && this._question?.row === this._rowAt(song, time_s);
    if (is_shown) return this.close();
    this.show(song, time_s);
    this._place.scrollIntoView({ block: "nearest" });
  }

  /** @param {ExplainableSong} song @param {number} time_s */
  show(song, time_s) {
    const row = this._rowAt(song, time_s);
    if (this._question?.song === song && this._question.row === row) return;
    this._fillGenres(song, row);
    this._ask({ song, row, genre: likeliest(song.analysis.probabilities[row]) });
  }

  /** With all that it takes: an explaining network, too, that was only warmed up. */
  close() {
    const has_focus = this._place.contains(document.activeElement);
    this._question = this._next = this._heard = null;
    this._listening.withdraw();
    this._explainer?.end();
    this._explainer = null;
    this._place.hidden = true;
    this._button.setAttribute("aria-expanded", "false");
    if (has_focus) this._button.focus();
  }

  _listen() {
    element("#why-close").addEventListener("click", () => this.close());
    this._place.addEventListener("keydown", ({ key }) => key === "Escape" && this.close());
    this._select.addEventListener("change", () => {
      if (this._question) this._ask({ ...this._question, genre: this._select.selectedIndex });
    });
  }

  /** @param {ExplainableSong} song @param {number} time_s */
  _rowAt({ analysis: { step_s, probabilities } }, time_s) {
    return Math.min(probabilities.length - 1, Math.floor(time_s / step_s));
  }

  /** @param {import("./entry.js").Model} model @returns {Explainer} */
  _explainerOf({ contract, folder }) {
    if (this._folder !== folder) this._explainer?.end();
    if (this._folder !== folder || !this._explainer) this._explainer = new Explainer(contract, folder);
    this._folder = folder;
    return this._explainer;
  }

  /** Every genre can be asked about, with the chart's own number. @param {ExplainableSong} song @param {number} row */
  _fillGenres({ analysis: { genres, probabilities } }, row) {
    const options = genres.map((genre, i) => new Option(genreShares([{ genre, share: probabilities[row][i] }])));
    this._select.replaceChildren(...options);
  }

  /** @param {Question} question */
  _ask(question) {
    this._question = this._next = question;
    this._listening.withdraw();
    const { song, row, genre } = question;
    this._select.selectedIndex = genre;
    element("#why-title").textContent = say.title(song.analysis.genres[genre], row * song.analysis.step_s);
    if (this._place.hidden) this._words.textContent = say.LISTENING; // the picture's name, too
    this._place.hidden = false;
    this._place.setAttribute("aria-busy", "true");
    this._button.setAttribute("aria-expanded", "true");
    if (!this._is_working) this._work();
  }

  async _work() {
    this._is_working = true;
    while (this._next) {
      const question = this._next;
      this._next = null;
      try {
        await this._answer(question);
      } catch (error) {
        if (question === this._question) this._fail(error);
      }
    }
    this._is_working = false;
  }

  /** @param {Question} question */
  async _answer(question) {
    const { song, row, genre } = question;
    const explainer = this._explainerOf(song.model);
    if (this._heard?.song !== song || this._heard.row !== row) {
      this._heard = { ...(await explainer.logMelAround(song.media, row)), song, row };
    }
    const heard = this._heard;
    const { log_mel, first_frame, n_frames } = heard;
    const [{ marks, n_mels }, band_centres_hz] = await Promise.all([
      explainer.explain({ log_mel, first_frame, n_frames, row, genre }),
      explainer.bandCentres(),
    ]);
    if (question !== this._question) return;
    const { hop_length, sample_rate_hz, n_fft } = song.model.contract.signal_chain;
    const frame_s = hop_length / sample_rate_hz;
    const step_s = song.analysis.step_s;
    const seen = {
      ...{ log_mel, marks, n_mels, band_centres_hz, step_s, row_s: row * step_s },
      start_s: (first_frame * hop_length + (n_fft - hop_length) / 2) / sample_rate_hz,
      span_s: n_frames * frame_s,
    };
    this._picture.show(seen);
    this._say(this._inWords(song.analysis.genres[genre], seen));
    this._place.setAttribute("aria-busy", "false");
    const from_s = (first_frame * hop_length) / sample_rate_hz;
    this._listening.offer(explainer, { samples: heard.samples, marks, sample_rate_hz, from_s }, seen);
  }

  /** @param {string} genre @param {import("./picture.js").Seen} seen */
  _inWords(genre, { marks, n_mels, band_centres_hz: centres, start_s, span_s }) {
    const told = toldOf(marks, n_mels);
    const frame_s = (span_s * n_mels) / marks.length;
    const edge = (/** @type {number} */ band) => roundHz((centres[band - 1] + centres[band]) / 2);
    /** @param {[number, number]} run @returns {[number | null, number | null]} */
    const hz = ([first, end]) => [first < END_BANDS ? null : edge(first), end > n_mels - END_BANDS ? null : edge(end)];
    return say.whyInWords({
      genre,
      for: told.for.map(hz),
      against: told.against.map(hz),
      start_s: start_s + told.frames[0] * frame_s,
      end_s: start_s + told.frames[1] * frame_s,
    });
  }

  /** @param {string} words on the page, and to a screen reader */
  _say(words) {
    this._words.textContent = words;
    announce(words);
  }

  /** @param {unknown} error */
  _fail(error) {
    if (error instanceof DOMException && error.name === "AbortError") return; // it was closed meanwhile
    this._place.setAttribute("aria-busy", "false");
    this._explainer?.end(); // what could not be loaded is asked for anew
    this._explainer = null;
    this._say(problemInWords(SongError.from(error)));
  }
}
