/** The part of the page where genres are taught. */

import { songsAmong } from "../library/files.js";
import { MOST_GENRES } from "../contract.js";
import * as say from "../messages.js";
import { element } from "../ui/page.js";
import { findHead, NoHead } from "./head-graph.js";
import { graphOf, loadBase } from "./base.js";
import { Course } from "./course.js";
import { takeDrops } from "./drops.js";
import { Ear } from "./ear.js";
import { GenreCard } from "./genre-card.js";
import { Notebook } from "./notebook.js";
import { showResult } from "./result.js";
import { filesOf, NoServerFiles, saveModel } from "./saving.js";
import { Teaching } from "./teaching.js";
import { Tutor } from "./tutor.js";

/**
 * @typedef {import("./base.js").Model} Model
 * @typedef {import("./course.js").CourseGenre} CourseGenre
 *
 * @typedef {object} World
 * @property {string} contract_url of the built-in model
 * @property {() => Promise<import("../contract.js").Contract>} getContract
 * @property {import("../library/kept-lesson.js").LessonKeeper} keeper
 * @property {(words: string) => void} announce
 * @property {(found: import("../library/files.js").Found[]) => void} onUse a model folder, to be listened with
 */

/** So long another tab may take to fit what it has changed: if it is gone by then, that is done here. */
const OTHER_TAB_MS = 10_000;

export class TeachPanel {
  /** @param {World} world */
  constructor(world) {
    this._world = world;
    this._tutor = new Tutor();
    /** @type {Promise<Model> | null} */
    this._base = null;
    /** @type {Map<CourseGenre, GenreCard>} */
    this._cards = new Map();
    this._shown = ""; // what the result on the page is of
    this._is_open = false;
    this._is_saving = false;
    this._was_busy = false; // with songs
    this._work = element("#teach-work"); // inert until what was kept is there: it would be written over
    this._list = element("#teach-genres");
    this._state = element("#teach-state");
    this._alert = element("#teach-alert");
    this._course = new Course(new Ear(() => this._getBase()), {
      onChange: () => this._show(),
      onProgress: (song) => this._cards.forEach((card) => card.showProgress(song)),
    });
    this._teaching = new Teaching(this._tutor, {
      onProgress: (fraction) => (this._state.textContent = say.teaching(fraction)),
      onFit: () => this._finish(),
      onFail: (error) => this._fail(say.teachFailed(String(error))),
    });
    const kept = element("#teach-kept");
    this._notebook = new Notebook(world.keeper, this._course, this._teaching, {
      onKept: (words) => (kept.textContent = words),
      onNews: (words) => {
        kept.textContent = words;
        this._world.announce(words);
      },
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
    this._state.textContent = "";
    const kept = await this._notebook.open(nameOf(await this._world.getContract()));
    if (!kept || kept.is_outdated) findHead(await graphOf(await this._getBase())); // else that was seen before
    this._work.inert = false;
    if (kept?.is_outdated) this._object(say.TEACH_OUTDATED);
    this._course.makeRoom();
    this._is_open = true;
    this._listen();
  }

  /** Nothing is left of it, here and in the browser's store. */
  async forget() {
    if (!this._is_open) return;
    this._course.clear();
    this._object("");
    this._course.makeRoom();
    await this._notebook.forget();
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

  /** The course has changed: all of it is shown, kept, and fitted where it is whole and its songs are others. */
  _show() {
    const { genres, n_to_be_heard, missing, known } = this._course;
    this._showCards(genres);
    /** @type {HTMLButtonElement} */ (element("#teach-add")).disabled = genres.length >= MOST_GENRES;
    element("#teach-forget").hidden = this._course.begun.length === 0;
    const whole = missing === null && n_to_be_heard === 0 ? known : null;
    this._teaching.follow(whole, this._notebook.is_theirs ? OTHER_TAB_MS : undefined);
    this._showFit(whole);
    this._notebook.follow();
    if (n_to_be_heard > 0) this._state.textContent = say.teachToGo(n_to_be_heard);
    else if (missing) this._state.textContent = say.teachMissing(missing);
    if (missing && this._was_busy && n_to_be_heard === 0) this._world.announce(say.teachMissing(missing));
    this._was_busy = n_to_be_heard > 0;
  }

  /** @param {CourseGenre[]} genres */
  _showCards(genres) {
    const focused = /** @type {HTMLElement | null} */ (document.activeElement);
    for (const [genre, card] of this._cards) {
      if (genres.includes(genre)) continue;
      if (card.element.contains(document.activeElement)) element("#teach-add").focus();
      card.element.remove();
      this._cards.delete(genre);
    }
    genres.forEach((genre, i) => {
      const card = this._cards.get(genre) ?? this._newCard(genre);
      const there = this._list.children[i] ?? null;
      if (there !== card.element) this._list.insertBefore(card.element, there);
      card.show(i + 1);
    });
    if (focused && this._list.contains(focused)) focused.focus(); // it loses it where it is moved
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
    return card;
  }

  _finish() {
    this._show();
    this._world.announce(element("#teach-result").textContent ?? "");
  }

  /** @param {CourseGenre[] | null} whole null: the genres are not */
  _showFit(whole) {
    const fit = whole && this._teaching.fitOf(whole);
    const genres = (whole ?? []).map(({ name, songs }) => ({
      name,
      titles: songs.map(({ title }, i) => title ?? say.teachKeptSong(i + 1)),
    }));
    if (fit) this._state.textContent = "";
    const shown = fit ? JSON.stringify([fit.songs, genres]) : "";
    if (shown === this._shown) return;
    this._shown = shown;
    element("#teach-saved").textContent = "";
    showResult(fit, genres);
  }

  /** @returns {Promise<Model | null>} what is taught; null: nothing, by now */
  async _model() {
    const { known } = this._course;
    const fitted = this._teaching.fitOf(known);
    if (!fitted) return null;
    const genres = known.map(({ name }) => name);
    return this._tutor.model({ base: await this._getBase(), fitted, genres, name: say.taughtName(genres) });
  }

  async _use() {
    try {
      const model = await this._model();
      if (!model) return;
      const name = model.contract.name.replaceAll("/", "-");
      const files = [...filesOf(model)];
      this._world.onUse(files.map(([path, blob]) => ({ path: `${name}/${path}`, file: new File([blob], path) })));
      element("#own-model").scrollIntoView({ block: "center" }); // where the page says what it listens with
    } catch {
      this._fail(say.TEACH_NOT_LOADED);
    }
  }

  async _save() {
    if (this._is_saving) return;
    const said = element("#teach-saved");
    this._markSaving(true);
    said.textContent = say.TEACH_SAVING;
    try {
      const model = await this._model();
      const contract_url = this._world.contract_url;
      const name = model && (await saveModel(model, await this._getBase(), contract_url, this._tutor));
      said.textContent = name === null ? "" : say.teachSaved(name);
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

/** @param {Model["contract"]} contract */
const nameOf = ({ name, version }) => `${name} ${version}`;
