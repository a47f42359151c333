/**
 * Keeps what is taught as it changes, and takes over what another tab of this page has kept: so all tabs show the same,
 * and none writes over what it has not seen.
 */

import * as say from "../messages.js";

/**
 * @typedef {import("./course.js").CourseGenre} CourseGenre
 * @typedef {import("./teaching.js").Fit} Fit
 * @typedef {import("../library/kept-lesson.js").KeptGenre} KeptGenre
 * @typedef {import("../library/kept-lesson.js").KeptLesson} KeptLesson
 */

/** Genres are told apart by their ids, songs by their hashes. @param {KeptGenre[]} genres @param {Fit | null} fit */
const summaryOf = (genres, fit) => JSON.stringify([genres, fit?.songs]);

/** @param {KeptGenre[]} genres */
const hashesIn = (genres) => JSON.stringify(genres.map(({ hashes }) => hashes));

/** @param {CourseGenre} genre @returns {KeptGenre} */
const entryOf = ({ id, name, songs }) => ({ id, name, hashes: songs.map(({ hash }) => hash) });

export class Notebook {
  /**
   * @param {import("../library/kept-lesson.js").LessonKeeper} keeper
   * @param {import("./course.js").Course} course
   * @param {import("./teaching.js").Teaching} teaching
   * @param {{onKept: (words: string) => void, onNews: (words: string) => void}} listener what has become of what was
   *     done here; and what another tab has done
   */
  constructor(keeper, course, teaching, { onKept, onNews }) {
    this._keeper = keeper;
    this._course = course;
    this._teaching = teaching;
    this._onKept = onKept;
    this._onNews = onNews;
    this._model = "";
    /** @type {KeptGenre[]} as they were kept when they were last the same here */
    this._genres = [];
    this._kept = summaryOf([], null);
    this._is_open = false;
    this._turn = Promise.resolve();
    this._is_taking_over = false; // from another tab
  }

  /** While it is taken over from another tab: the songs are the very ones of that tab, which is likely to fit them. */
  get is_theirs() {
    return this._is_taking_over && hashesIn(this._course.known.map(entryOf)) === hashesIn(this._genres);
  }

  /**
   * @param {string} model name and version
   * @returns {Promise<KeptLesson | null>} what was kept, which the course has then
   */
  async open(model) {
    this._model = model;
    const kept = await this._keeper.load(model);
    if (kept) this._take(kept);
    this._keeper.listen(() => this._inTurn(() => this._takeOver()));
    this._is_open = true;
    return kept;
  }

  /** The course has changed, or is fitted. */
  follow() {
    if (this._is_open) this._inTurn(() => this._keep());
  }

  /** Nothing is left in the browser; the course is to be empty. */
  forget() {
    return this._inTurn(() => this._keeper.forget());
  }

  /** Each begins with what the one before it has left. @param {() => Promise<void>} task */
  _inTurn(task) {
    this._turn = this._turn.then(task).catch(() => this._onKept(say.teachKept(false, this._course.begun.length)));
    return this._turn;
  }

  /** @returns {{genres: KeptGenre[], fit: Fit | null}} what there is to keep */
  _now() {
    const { known } = this._course;
    return { genres: known.map(entryOf), fit: this._teaching.fitOf(known) };
  }

  async _keep() {
    const { genres, fit } = this._now();
    const summary = summaryOf(genres, fit);
    if (!this._is_open || summary === this._kept) return;
    const outcome = await this._keeper.keep({ model: this._model, genres, fit }, this._course.embeddings);
    if (outcome === "elsewhere") return this._takeOver();
    this._kept = summary; // or it is not tried again until something changes
    if (outcome === "kept") this._genres = genres; // what no tab can read, none can have taken out
    const now = this._now();
    if (summaryOf(now.genres, now.fit) === summary) this._onKept(say.teachKept(outcome === "kept", genres.length));
  }

  async _takeOver() {
    if (!this._is_open) return;
    const kept = await this._keeper.load(this._model);
    if (kept?.is_outdated) {
      this._is_open = false;
      return this._onNews(say.TEACH_OTHER_NETWORK);
    }
    this._is_taking_over = true;
    this._take(kept ?? { genres: [], embeddings: new Map(), fit: null, is_outdated: false });
    this._is_taking_over = false;
    this._onNews(say.TEACH_FROM_ELSEWHERE);
  }

  /** @param {KeptLesson} kept */
  _take(kept) {
    const before = this._genres;
    [this._kept, this._genres] = [summaryOf(kept.genres, kept.fit), kept.genres];
    if (kept.fit) this._teaching.take(kept.fit);
    this._course.takeOver(kept, before);
  }
}
