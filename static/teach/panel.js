/** The part of the page where genres are taught. */

import { songsAmong } from "../library/files.js";
import { MOST_GENRES } from "../contract.js";
import * as say from "../messages.js";
import { element } from "../ui/page.js";
import { findHead, NoHead } from "./head-graph.js";
import { graphOf, loadBase } from "./base.js";
import { Course, FEWEST_GENRES, summaryOf } from "./course.js";
import { takeDrops } from "./drops.js";
import { Ear } from "./ear.js";
import { GenreCard } from "./genre-card.js";
import { showResult } from "./result.js";
import { filesOf, NoServerFiles, saveModel } from "./saving.js";
import { Tutor } from "./tutor.js";

/**
 * @typedef {import("./base.js").Model} Model
 * @typedef {import("./course.js").CourseGenre} CourseGenre
 * @typedef {import("./teach-worker.js").Lesson} Lesson
 *
 * @typedef {object} World
 * @property {string} contract_url of the built-in model
 * @property {() => Promise<import("../contract.js").Contract>} getContract
 * @property {import("../library/kept-lesson.js").LessonKeeper} keeper
 * @property {(words: string) => void} announce
 * @property {(found: import("../library/files.js").Found[]) => void} onUse a model folder, to be listened with
 */

/** A name is still being typed, or more songs come, when anything changes sooner. */
const CALM_MS = 300;

export class TeachPanel {
  /** @param {World} world */
  constructor(world) {
    this._world = world;
    this._tutor = new Tutor();
    /** @type {Promise<Model> | null} */
    this._base = null;
    /** @type {Map<CourseGenre, GenreCard>} */
    this._cards = new Map();
    /** @type {Lesson | null} */
    this._lesson = null;
    this._summary = ""; // of what is taught, or being taught
    this._kept = summaryOf([]); // of what is kept
    this._is_open = false;
    this._is_saving = false;
    this._was_busy = false; // with songs
    this._teaching = new AbortController();
    this._work = element("#teach-work"); // inert until what was kept is there: it would be written over
    this._list = element("#teach-genres");
    this._state = element("#teach-state");
    this._alert = element("#teach-alert");
    this._course = new Course(new Ear(() => this._getBase()), {
      onChange: () => this._show(),
      onProgress: (song) => this._cards.forEach((card) => card.showProgress(song)),
    });
  }

  /** @returns {Promise<void>} once what was kept is there; after a rejection it may be opened again */
  async open() {
    try {
      await this._load();
    } catch (error) {
      if (!(error instanceof NoHead)) throw error;
      this._fail(say.teachImpossible(error.message));
      this._work.hidden = true;
    }
  }

  async _load() {
    const base = await this._getBase();
    findHead(await graphOf(base));
    const kept = await this._world.keeper.load(nameOf(base));
    this._work.inert = false;
    this._state.textContent = "";
    if (kept) this._restore(kept);
    if (kept?.is_outdated) this._object(say.TEACH_OUTDATED);
    while (this._course.genres.length < FEWEST_GENRES) this._course.addGenre();
    this._is_open = true;
    this._listen();
  }

  /** Nothing is left of it, here and in the browser's store. */
  async forget() {
    if (!this._is_open) return;
    this._course.clear();
    this._object("");
    while (this._course.genres.length < FEWEST_GENRES) this._course.addGenre();
    await this._world.keeper.forget();
  }

  /** @param {import("../library/kept-lesson.js").KeptLesson} kept */
  _restore(kept) {
    this._kept = JSON.stringify(kept.genres.map(({ name, hashes }) => [name, hashes]));
    this._course.restore(kept);
  }

  /** @returns {Promise<Model>} the built-in network; what could not be had is asked for again the next time */
  _getBase() {
    const load = async () => loadBase(await this._world.getContract(), this._world.contract_url);
    this._base ??= load().catch((error) => {
      this._base = null;
      throw error;
    });
    return this._base;
  }

  _listen() {
    element("#teach-add").addEventListener("click", () => {
      const genre = this._course.addGenre();
      if (genre) this._cards.get(genre)?.focus();
    });
    element("#teach-use").addEventListener("click", () => this._use());
    element("#teach-save").addEventListener("click", () => this._save());
    element("#teach-forget").addEventListener("click", async () => {
      await this.forget();
      this._world.announce(say.TEACH_FORGOTTEN);
      element("#teach-genres input").focus(); // the button that had it is gone
    });
    takeDrops(element("#teach"), (files, folders) => this._takeBeside(files, folders));
  }

  /**
   * What is dropped beside the genres: each folder is a genre of its own.
   * @param {import("../library/files.js").Found[]} files
   * @param {{name: string, found: Promise<import("../library/files.js").Found[]>}[]} folders
   */
  async _takeBeside(files, folders) {
    const [without_songs, without_room] = [/** @type {string[]} */ ([]), /** @type {string[]} */ ([])];
    this._object("");
    for (const { name, found } of folders) {
      const songs = songsAmong(await found);
      const genre = songs.length === 0 ? null : this._course.genreFor(name);
      if (songs.length === 0) without_songs.push(name);
      else if (genre) this._course.addSongs(genre, songs);
      else without_room.push(name);
    }
    const words = [say.teachNoSongsIn(without_songs), say.teachNoRoomFor(without_room, MOST_GENRES)];
    this._object([files.length > 0 ? say.TEACH_DROP_ON_GENRE : "", ...words].filter(Boolean).join(" "));
  }

  /** @param {CourseGenre} genre @param {File[]} files */
  _addSongs(genre, files) {
    this._object(files.length === 0 ? say.TEACH_NO_SONGS : "");
    this._course.addSongs(genre, files);
  }

  /** @param {string} words */
  _object(words) {
    this._alert.textContent = words;
  }

  /** @param {string} words read out, too: what else the state tells changes too often for that */
  _fail(words) {
    this._state.textContent = words;
    this._world.announce(words);
  }

  /** The course has changed: all of it is shown, and taught where it is whole. */
  _show() {
    const { genres, n_to_be_heard, missing } = this._course;
    this._showCards(genres);
    /** @type {HTMLButtonElement} */ (element("#teach-add")).disabled = genres.length >= MOST_GENRES;
    element("#teach-forget").hidden = this._course.begun.length === 0;
    this._teach();
    if (n_to_be_heard > 0) this._state.textContent = say.teachToGo(n_to_be_heard);
    else if (missing) this._state.textContent = say.teachMissing(missing);
    if (missing && this._was_busy && n_to_be_heard === 0) this._world.announce(say.teachMissing(missing));
    this._was_busy = n_to_be_heard > 0;
  }

  /** @param {CourseGenre[]} genres */
  _showCards(genres) {
    for (const [genre, card] of this._cards) {
      if (genres.includes(genre)) continue;
      if (card.element.contains(document.activeElement)) element("#teach-add").focus();
      card.element.remove();
      this._cards.delete(genre);
    }
    genres.forEach((genre, i) => {
      const card = this._cards.get(genre) ?? this._newCard(genre);
      card.show(i + 1);
    });
  }

  /** @param {CourseGenre} genre */
  _newCard(genre) {
    const card = new GenreCard(genre, {
      onName: (name) => this._course.rename(genre, name),
      onFiles: (files) => this._addSongs(genre, files),
      onRemoveSong: (song) => this._course.removeSong(genre, song),
      onRemove: () => this._course.removeGenre(genre),
    });
    this._cards.set(genre, card);
    this._list.append(card.element);
    return card;
  }

  /** Begins anew with what has changed; what was taught before it is wanted no more. */
  async _teach() {
    const genres = this._course.known;
    const summary = summaryOf(genres);
    this._keep(genres, summary);
    const is_ready = this._course.missing === null && this._course.n_to_be_heard === 0;
    if (is_ready && summary === this._summary) return;
    this._teaching.abort(new DOMException("the songs have changed", "AbortError"));
    this._summary = is_ready ? summary : "";
    this._showLesson(null);
    if (!is_ready) return;
    this._teaching = new AbortController();
    const { signal } = this._teaching;
    await new Promise((resolve) => setTimeout(resolve, CALM_MS));
    if (signal.aborted) return;
    try {
      const lesson = await this._lessonOf(genres, signal);
      if (!signal.aborted) this._finish(lesson);
    } catch (error) {
      if (!signal.aborted) this._fail(say.teachFailed(String(error)));
    }
  }

  /** @param {CourseGenre[]} genres @param {AbortSignal} signal */
  async _lessonOf(genres, signal) {
    const order = {
      base: await this._getBase(),
      name: say.taughtName(genres.map(({ name }) => name)),
      genres: genres.map(({ name, songs }) => ({
        name,
        embeddings: songs.map(({ embedding }) => /** @type {import("./course.js").Embedding} */ (embedding)),
      })),
    };
    const tell = (/** @type {number} */ fraction) => (this._state.textContent = say.teaching(fraction));
    tell(0);
    return this._tutor.teach(order, tell, signal);
  }

  /** @param {Lesson} lesson */
  _finish(lesson) {
    this._state.textContent = "";
    this._showLesson(lesson);
    this._world.announce(element("#teach-result").textContent ?? "");
  }

  /** @param {Lesson | null} lesson */
  _showLesson(lesson) {
    this._lesson = lesson;
    element("#teach-saved").textContent = "";
    const genres = this._course.known.map(({ name, songs }) => ({
      name,
      titles: songs.map(({ title }, i) => title ?? say.teachKeptSong(i + 1)),
    }));
    showResult(lesson, genres);
  }

  /** @param {CourseGenre[]} genres @param {string} summary */
  async _keep(genres, summary) {
    if (!this._is_open || this._base === null || summary === this._kept) return;
    this._kept = summary;
    const songs = genres.flatMap((genre) => genre.songs);
    const embeddings = new Map(songs.flatMap(({ hash, embedding }) => (embedding ? [[hash, embedding]] : [])));
    const names = genres.map(({ name, songs: own }) => ({ name, hashes: own.map(({ hash }) => hash) }));
    const is_kept = await this._world.keeper.keep(nameOf(await this._base), names, embeddings);
    if (summary !== this._kept) return; // there is more by now, or nothing any more
    element("#teach-kept").textContent = say.teachKept(is_kept, genres.length);
  }

  _use() {
    if (!this._lesson) return;
    const files = [...filesOf(this._lesson.model)];
    const name = this._lesson.model.contract.name.replaceAll("/", "-");
    this._world.onUse(files.map(([path, blob]) => ({ path: `${name}/${path}`, file: new File([blob], path) })));
    element("#own-model").scrollIntoView({ block: "center" }); // where the page says what it listens with
  }

  async _save() {
    const [lesson, said] = [this._lesson, element("#teach-saved")];
    if (!lesson || this._is_saving) return;
    this._markSaving(true);
    said.textContent = say.TEACH_SAVING;
    try {
      const name = await saveModel(lesson.model, await this._getBase(), this._world.contract_url, this._tutor);
      said.textContent = say.teachSaved(name);
    } catch (error) {
      said.textContent = error instanceof NoServerFiles ? say.TEACH_SAVE_NEEDS_SERVER : say.NOT_SAVED;
    }
    this._markSaving(false);
  }

  /** @param {boolean} is_saving disabled outright, the button would lose the keyboard */
  _markSaving(is_saving) {
    this._is_saving = is_saving;
    element("#teach-save").setAttribute("aria-disabled", String(is_saving));
  }
}

/** @param {Model} base */
const nameOf = ({ contract: { name, version } }) => `${name} ${version}`;
