/** The part of the page that shows one song: its title, verdict, chart, genres, player and progress. */

import { WhyEntry } from "../explain/entry.js";
import * as say from "../messages.js";
import { TakeAlongMenu } from "../take-along/menu.js";
import { sectionsIn } from "../sections-of-several.js";
import { chartElements } from "./chart-elements.js";
import { Chart } from "./chart.js";
import { ChartTools } from "./chart-tools.js";
import { genresToName } from "./genre-list.js";
import { GenrePanel } from "./genre-panel.js";
import { MeanShares } from "./mean-shares.js";
import { element } from "./page.js";
import { Player } from "./player.js";
import { Readout } from "./readout.js";
import { SectionList } from "./section-list.js";
import { heardInWords, whyNoSound } from "./told-analysis.js";

/**
 * @typedef {import("./told-analysis.js").ToldAnalysis} ToldAnalysis
 * @typedef {import("../signal/sound-frames.js").SoundFrames} SoundFrames
 * @typedef {import("../explain/entry.js").Surroundings} WhyWorld
 * @typedef {{title: string, media: Blob | null, sound?: SoundFrames | null}} ShownSong media: what it is played from,
 *     if it can be; sound: the picture of it, if there is one
 */

export class SongView {
  /** @param {import("./told-analysis.js").ViewListener} listener @param {WhyWorld["getModel"]} getModel */
  constructor(listener, getModel) {
    this._listener = listener;
    this._song = element("#song");
    this._status = element("#status");
    this._progress = /** @type {HTMLProgressElement} */ (element("#progress"));
    this._verdict = element("#verdict");
    this._panel = new GenrePanel();
    this._unsure_note = element("#unsure-note");
    this._several_note = element("#several-note");
    /** @type {string[]} */
    this._genres = [];
    /** @type {number[] | null} where several can be heard at once: from which share on each is */
    this._thresholds = null;
    this._step_s = 1;
    /** @type {number[][]} */
    this._rows = [];
    this._means = new MeanShares(0);
    /** @type {boolean[]} */
    this._unsure = [];
    this._shown = { title: "", media: /** @type {Blob | null} */ (null) };
    this._n_shown = 0; // songs
    /** @type {SoundFrames | null} */
    this._sound = null;
    this._take_along = new TakeAlongMenu(() => {
      return { picture: this._tools.picture, sound: this._tools.shows_sound ? this._sound : null };
    });
    this._why = new WhyEntry({ getModel, getTime: () => this._time_s, pause: () => this.pause() });
    this._media_duration_s = 0;
    this._newest_s = 0; // where live sound was read last
    this._is_reading = false; // live sound, just now
    this._started_ms = 0;
    /** @type {number | null} */
    this._pointed_s = null;
    this._readout = new Readout(element("#readout"));
    this._sections = new SectionList(element("#sections"), (time_s) => this.seek(time_s));
    this._chart = new Chart(chartElements(), {
      onSeek: (time_s) => this.seek(time_s),
      onPoint: (time_s) => this._point(time_s),
      onView: (viewport, is_by_key) => this._tools.showView(viewport, is_by_key),
    });
    this._tools = new ChartTools(this._chart);
    const audio = /** @type {HTMLAudioElement} */ (element("#audio"));
    audio.addEventListener("play", () => this._panel.onPlay());
    this._player = new Player(audio, element("#not-playable"), {
      onTime: (time_s, is_playing) => this._follow(time_s, is_playing),
      onDuration: (duration_s) => this._setMediaDuration(duration_s),
    });
  }

  /**
   * A new song is being looked at; the one on the page stays until `show`.
   * @param {number} started_ms when it began to be heard
   */
  open(started_ms = performance.now()) {
    this._started_ms = started_ms;
    this._progress.removeAttribute("value");
    this._status.textContent = say.OPENING;
  }

  /**
   * An empty chart for a song that is being heard.
   * @param {{title: string, media: Blob | null}} song media: what it is played from, if it can be
   * @param {string[]} genres
   * @param {number} step_s
   * @param {number[] | null} [thresholds] where several genres can be heard at once: from which share on each is
   */
  show({ title, media }, genres, step_s, thresholds = null) {
    this._genres = genres;
    this._thresholds = thresholds;
    this._step_s = step_s;
    this._rows = [];
    this._means = new MeanShares(genres.length);
    this._unsure = [];
    this._media_duration_s = 0;
    this._shown = { title, media };
    this._n_shown += 1;
    this._take_along.withdraw();
    this._why.withdraw();
    element("#from-link").hidden = true;
    this._newest_s = 0;
    element("#title").textContent = title;
    this._verdict.textContent = "";
    this._panel.reset(genres, thresholds);
    this._several_note.hidden = thresholds === null;
    this._unsure_note.hidden = true;
    this._sections.show([], genres);
    this._song.classList.remove("unsure");
    this._song.hidden = false;
    this._player.load(media);
    this._chart.reset(genres, step_s, thresholds);
    this._sound = null;
    this._chart.setTime(0);
    this._tools.offerSound(""); // it comes, or it is said why not when all is there
    this._readout.setGenres(genres, thresholds);
    this._listener.onSong({ ...this._shown, analysis: null });
  }

  /** @param {number} fraction of the file that is decoded @param {number} decoded_s */
  setProgress(fraction, decoded_s) {
    const duration_s = this._media_duration_s || decoded_s / fraction;
    this._chart.setDuration(duration_s);
    const heard = Math.min(1, (this._rows.length * this._step_s) / duration_s);
    const elapsed_s = (performance.now() - this._started_ms) / 1000;
    this._progress.value = heard;
    if (heard > 0) this._status.textContent = say.listening(heard, (elapsed_s * (1 - heard)) / heard);
  }

  /** @param {number[][]} rows all that are known @param {boolean[]} unsure one a row */
  setRows(rows, unsure) {
    this._rows = rows;
    this._unsure = unsure;
    this._chart.setRows(rows, unsure);
    this._unsure_note.hidden &&= !unsure.includes(true);
    this._means.update(rows);
    const means = this._means.shares;
    this._setShares(Object.fromEntries(this._genres.map((genre, i) => [genre, means[i]])));
    this._readCurrent();
  }

  /** @param {SoundFrames} sound of what is shown, as far as it is known: to be told again when there is more */
  setSound(sound) {
    this._sound = sound;
    this._chart.setSound(sound);
    this._tools.offerSound("");
  }

  /** Of live sound: reads the newest second, unless the visitor has gone back to an earlier one. */
  readNewest() {
    const newest_s = Math.max(0, this._rows.length - 1) * this._step_s;
    if (newest_s === this._newest_s || this._player.time_s !== this._newest_s) return;
    this._newest_s = newest_s;
    this._is_reading = true;
    this._player.seek(newest_s);
    this._is_reading = false;
  }

  /**
   * A song whose analysis is known already.
   * @param {ShownSong} song
   * @param {ToldAnalysis} analysis
   * @param {boolean} [is_news] false: what is said of another one, that is still to come, stays
   */
  showAnalysis(song, analysis, is_news = true) {
    this.show(song, analysis.genres, analysis.step_s, analysis.thresholds);
    this.setRows(analysis.probabilities, analysis.unsure);
    if (song.sound) this.setSound(song.sound);
    this.finish(analysis, is_news);
  }

  /** @param {ToldAnalysis} analysis @param {boolean} [is_news] */
  finish(analysis, is_news = true) {
    const { verdict, duration_s, timings_ms } = analysis;
    this._chart.setDuration(duration_s);
    this._verdict.textContent = say.verdictInWords(verdict);
    this._song.classList.toggle("unsure", verdict.unsure);
    this._unsure_note.hidden &&= !verdict.unsure;
    this._setShares(verdict.probabilities, verdict.genres);
    this._showSections(duration_s);
    if (is_news) this._progress.value = 1;
    if (is_news) this._status.textContent = timings_ms ? heardInWords(duration_s, timings_ms) : "";
    this._tools.offerSound(this._sound ? "" : whyNoSound(analysis));
    this._take_along.offer({ title: this._shown.title, analysis });
    this._why.offer(this._shown.media, analysis);
    this._listener.onSong({ ...this._shown, analysis });
  }

  /** What plays would be heard by whoever listens. */
  pause() {
    this._player.pause();
  }

  /** @returns {() => boolean} whether nothing else was shown since */
  sinceNow() {
    const n_shown = this._n_shown;
    return () => n_shown === this._n_shown;
  }

  /** The song could not be analysed to its end. */
  stop() {
    this._status.textContent = "";
  }

  /** @param {number} duration_s */
  _showSections(duration_s) {
    const { _genres: genres, _rows: rows, _unsure: unsure, _step_s: step_s, _thresholds: thresholds } = this;
    this._sections.show(sectionsIn({ genres, rows, unsure, step_s, duration_s, thresholds }), genres);
    this._sections.setTime(this._player.time_s);
  }

  /** @param {Record<string, number>} shares @param {string[]} [heard] where several can be heard at once */
  _setShares(shares, heard) {
    this._panel.setShares(shares, heard);
    this._chart.setShares(this._genres.map((genre) => shares[genre]));
  }

  /** Keeps the newest seconds in view while more come. @param {number} window_s */
  followEnd(window_s) {
    this._chart.followEnd(window_s);
  }

  /** No more come. */
  unfollow() {
    this._chart.unfollow();
  }

  /** @param {number} time_s */
  seek(time_s) {
    this._pointed_s = null;
    this._player.seek(time_s);
    this._chart.reveal(time_s);
    this._describe(time_s);
    this._why.follow();
  }

  /** @param {number} time_s */
  _describe(time_s) {
    const is_unsure = this._unsure[this._rowAt(time_s)];
    this._chart.describe(say.secondInWords(time_s, this._genresAt(time_s), is_unsure));
  }

  /** @param {number | null} time_s */
  _point(time_s) {
    this._pointed_s = time_s;
    this._readCurrent();
  }

  /** @param {number} time_s @param {boolean} is_playing */
  _follow(time_s, is_playing) {
    this._chart.setTime(time_s);
    this._sections.setTime(time_s);
    this._readCurrent();
    this._listener.onTime(time_s, is_playing);
    // While it plays, a screen reader that sits on the chart would never stop talking.
    if (!is_playing && !this._is_reading) this._describe(time_s);
  }

  /** @param {number} duration_s */
  _setMediaDuration(duration_s) {
    this._media_duration_s = duration_s;
    if (this._rows.length === 0) this._chart.setDuration(duration_s);
  }

  /** Where it is looked at. */
  get _time_s() {
    return this._pointed_s ?? this._player.time_s;
  }

  _readCurrent() {
    const { _time_s: time_s } = this;
    const row = this._rowAt(time_s);
    this._readout.show(time_s, this._rows[row] ?? null, this._unsure[row]);
    const now = this._rowAt(this._player.time_s);
    this._panel.setRow(this._rows[now] ?? null, this._unsure[now] ?? false);
  }

  /** @param {number} time_s */
  _rowAt(time_s) {
    return Math.floor(time_s / this._step_s);
  }

  /** @param {number} time_s @returns {{genre: string, share: number}[]} */
  _genresAt(time_s) {
    const row = this._rows[this._rowAt(time_s)];
    return row ? genresToName(row, this._genres, this._thresholds) : [];
  }
}
