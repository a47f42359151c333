/**
 * What is taught: genres, and songs of each, which are heard one after another. Without the page: whoever shows it is
 * told of every change.
 */

import { contentHash } from "../library/content-hash.js";
import { MOST_GENRES } from "../contract.js";
import { SongError } from "../engine/song-error.js";
import { titleOf } from "../title.js";
import { merged } from "./merged.js";

/**
 * @typedef {import("../network/embedding.js").Embedding} Embedding
 *
 * @typedef {object} CourseSong
 * @property {File | null} file null of songs that were kept: they are known already
 * @property {string | null} title null of songs that were kept, whose names are not
 * @property {string} hash of its content; empty until it is known
 * @property {"waiting" | "listening" | "done" | "failed"} state
 * @property {number} fraction heard so far
 * @property {Embedding | null} embedding
 * @property {{code: string, details: Record<string, any>} | null} problem why it failed; of `taught-twice`, details has
 *     the genre that holds it
 *
 * @typedef {{id: string, name: string, songs: CourseSong[]}} CourseGenre id: its own in all tabs, whatever it is called
 *
 * @typedef {object} Ear
 * @property {(file: File, onProgress: (fraction: number) => void) => Promise<Embedding>} embed
 * @property {() => void} abort
 *
 * @typedef {object} Watcher
 * @property {() => void} onChange
 * @property {(song: CourseSong) => void} onProgress more of the song is heard, and nothing else is new
 *
 * @typedef {{code: "genres" | "name" | "same-names" | "songs", genre?: string, n?: number}} Missing
 */

export const FEWEST_GENRES = 2;
export const FEWEST_SONGS = 2;
export const LONGEST_NAME = 60;
const HALF_A_CHARACTER = /[\ud800-\udbff]$/;

const TAUGHT_TWICE = "taught-twice";

/** @param {CourseSong} song */
const isKnown = ({ state }) => state === "done";

/** @param {CourseSong} song */
const isToBeHeard = ({ state }) => state === "waiting" || state === "listening";

export class Course {
  /** @param {Ear} ear @param {Watcher} watcher */
  constructor(ear, { onChange, onProgress }) {
    this._ear = ear;
    this._onChange = onChange;
    this._onProgress = onProgress;
    /** @type {CourseGenre[]} */
    this.genres = [];
    /** @type {Map<string, Embedding>} of all songs of this visit, by hash: one that comes again costs nothing */
    this._known = new Map();
    /** @type {CourseSong | null} the one that is being heard */
    this._current = null;
  }

  get _songs() {
    return this.genres.flatMap(({ songs }) => songs);
  }

  /** Those that something is known of: an empty one is only room for a genre. */
  get begun() {
    return this.genres.filter(({ name, songs }) => name !== "" || songs.length > 0);
  }

  get n_to_be_heard() {
    return this.genres.reduce((n, { songs }) => n + songs.filter(isToBeHeard).length, 0);
  }

  /** @returns {Missing | null} what is not there yet, so that nothing can be taught */
  get missing() {
    const { begun } = this;
    const short = begun.find(({ songs }) => songs.filter(isKnown).length < FEWEST_SONGS);
    const names = begun.map(({ name }) => name);
    const twice = names.find((name, i) => name !== "" && names.indexOf(name) < i);
    if (begun.length < FEWEST_GENRES) return { code: "genres" };
    if (names.includes("")) return { code: "name" };
    if (twice) return { code: "same-names", genre: twice };
    return short ? { code: "songs", genre: short.name, n: FEWEST_SONGS - short.songs.filter(isKnown).length } : null;
  }

  /** What would be taught, to be kept or to begin with. */
  get known() {
    return this.begun.map(({ id, name, songs }) => ({ id, name, songs: songs.filter(isKnown) }));
  }

  /** @returns {Map<string, Embedding>} of the songs that are known, by hash */
  get embeddings() {
    return new Map(this._songs.flatMap(({ hash, embedding }) => (embedding ? [[hash, embedding]] : [])));
  }

  /**
   * @param {import("../library/kept-lesson.js").KeptLesson} kept by an earlier visit, or by another tab
   * @param {import("../library/kept-lesson.js").KeptGenre[]} before what was kept when it was the same here: what has
   *     changed here since then, stays
   */
  takeOver({ genres, embeddings }, before) {
    for (const [hash, embedding] of embeddings) if (isWhole(embedding)) this._known.set(hash, embedding);
    const [there, songs] = [new Map(this.genres.map((genre) => [genre.id, genre])), this._songs];
    const both = merged(before, this.genres, genres, (hash) => this._keptSong(hash));
    this.genres = both.map((genre) => Object.assign(there.get(genre.id) ?? {}, genre));
    for (const song of songs) {
      const holder = isKnown(song) && this._isThere(song) ? this._holderOf(song) : undefined;
      if (holder) refuse(song, { code: TAUGHT_TWICE, details: { holder } });
    }
    this._leave(songs.filter((song) => !this._isThere(song)));
    this.makeRoom();
  }

  /** For as many genres as it takes. */
  makeRoom() {
    while (this.genres.length < FEWEST_GENRES) this.addGenre();
  }

  /** @param {string} hash @returns {CourseSong[]} none where it is not known what the network makes of it */
  _keptSong(hash) {
    const embedding = this._known.get(hash);
    return embedding ? [{ ...newSong(null), hash, embedding, state: /** @type {const} */ ("done") }] : [];
  }

  /** @param {string} [name] @returns {CourseGenre | null} null where there are as many as a network may have */
  addGenre(name = "") {
    if (this.genres.length >= MOST_GENRES) return null;
    const genre = { id: String(Math.random()), name: normal(name), songs: [] };
    this.genres.push(genre);
    this._onChange();
    return genre;
  }

  /** @param {string} name @returns {CourseGenre | null} of that name: one that is there, if possible */
  genreFor(name) {
    const there = this.genres.find((one) => one.name === normal(name));
    const empty = this.genres.find((one) => one.name === "" && one.songs.length === 0);
    if (!there && empty) this.rename(empty, name);
    return there ?? empty ?? this.addGenre(name);
  }

  /** @param {CourseGenre} genre @param {string} name */
  rename(genre, name) {
    genre.name = normal(name);
    this._onChange();
  }

  /** @param {CourseGenre} genre */
  removeGenre(genre) {
    this.genres = this.genres.filter((other) => other !== genre);
    this._leave(genre.songs);
  }

  /** @param {CourseGenre} genre @param {File[]} files */
  addSongs(genre, files) {
    genre.songs.push(...files.map(newSong));
    this._onChange();
    this._go();
  }

  /** @param {CourseGenre} genre @param {CourseSong} song */
  removeSong(genre, song) {
    genre.songs = genre.songs.filter((other) => other !== song);
    this._leave([song]);
  }

  clear() {
    const songs = this._songs;
    this.genres = [];
    this._known.clear();
    this._leave(songs);
  }

  /** @param {CourseSong[]} songs that are not in any genre any more */
  _leave(songs) {
    if (this._current && songs.includes(this._current)) this._ear.abort();
    for (const song of this._songs) {
      if (song.problem?.code !== TAUGHT_TWICE || this._holderOf(song)) continue;
      song.problem = null; // it was in two genres, and is left in one
      song.state = "waiting";
    }
    this._onChange();
    this._go();
  }

  /** Hears the next song, if none is being heard. */
  async _go() {
    if (this._current) return;
    const genre = this.genres.find(({ songs }) => songs.some(isToBeHeard));
    const song = genre?.songs.find(isToBeHeard);
    if (!genre || !song) return;
    this._current = song;
    try {
      await this._hear(genre, song);
    } catch (error) {
      refuse(song, SongError.from(error)); // of a song that was taken out, it is told to nobody
    }
    this._current = null;
    this._onChange();
    this._go();
  }

  /** @param {CourseGenre} genre @param {CourseSong} song @throws {SongError} of the ear, or `broken-audio` */
  async _hear(genre, song) {
    const file = /** @type {File} */ (song.file);
    song.state = "listening";
    this._onChange();
    song.hash = await contentHash(file);
    const other = this._holderOf(song);
    if (other === genre) return this.removeSong(genre, song); // it is there already
    if (!this._isThere(song)) return;
    if (other) return refuse(song, { code: TAUGHT_TWICE, details: { holder: other } });
    const tell = (/** @type {number} */ fraction) => this._hearOf(song, fraction);
    const embedding = this._known.get(song.hash) ?? (await this._ear.embed(file, tell));
    if (!isWhole(embedding)) throw new SongError("broken-audio");
    if (!this._isThere(song)) return;
    this._known.set(song.hash, embedding);
    song.embedding = embedding;
    song.state = "done";
  }

  /** @param {CourseSong} song @param {number} fraction */
  _hearOf(song, fraction) {
    song.fraction = fraction;
    this._onProgress(song);
  }

  /** @param {CourseSong} song @returns {CourseGenre | undefined} that has another song of the same content */
  _holderOf(song) {
    return this.genres.find(({ songs }) => songs.some((one) => one !== song && isKnown(one) && one.hash === song.hash));
  }

  /** @param {CourseSong} song */
  _isThere(song) {
    return this.genres.some(({ songs }) => songs.includes(song));
  }
}

/** @param {CourseSong} song @param {NonNullable<CourseSong["problem"]>} problem */
function refuse(song, problem) {
  song.state = "failed";
  song.problem = problem;
}

/** @param {string} name the same genre may come typed, and as a folder's name @returns {string} */
const normal = (name) => name.normalize("NFC").trim().slice(0, LONGEST_NAME).replace(HALF_A_CHARACTER, "").trim();

/** @param {Embedding} embedding one number that is none would leave nothing of what all songs teach */
const isWhole = ({ mean, stretches }) => [mean, ...stretches].every((numbers) => numbers.every(Number.isFinite));

/** @param {File | null} file @returns {CourseSong} */
const newSong = (file) => ({
  file,
  title: file ? titleOf(file.name) : null,
  hash: "",
  state: "waiting",
  fraction: 0,
  embedding: null,
  problem: null,
});
