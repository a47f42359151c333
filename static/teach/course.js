/**
 * What is taught: genres, and songs of each, which are heard one after another. Without the page: whoever shows it is
 * told of every change.
 */

import { contentHash } from "../library/content-hash.js";
import { SongError } from "../engine/song-error.js";
import { titleOf } from "../title.js";

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
 * @property {{code: string, details: Record<string, any>} | null} problem why it failed
 *
 * @typedef {{name: string, songs: CourseSong[]}} CourseGenre
 *
 * @typedef {object} Ear
 * @property {(file: File, onProgress: (fraction: number) => void) => Promise<Embedding>} embed
 * @property {() => void} abort
 *
 * @typedef {{code: "genres" | "name" | "same-names" | "songs", genre?: string, n?: number}} Missing
 */

export const FEWEST_GENRES = 2;
export const FEWEST_SONGS = 2;

/** @param {CourseSong} song */
const isKnown = ({ state }) => state === "done";

/** @param {CourseSong} song */
const isToBeHeard = ({ state }) => state === "waiting" || state === "listening";

export class Course {
  /** @param {Ear} ear @param {() => void} onChange */
  constructor(ear, onChange) {
    this._ear = ear;
    this._onChange = onChange;
    /** @type {CourseGenre[]} */
    this.genres = [];
    /** @type {Map<string, Embedding>} of all songs of this visit, by hash: one that comes again costs nothing */
    this._known = new Map();
    /** @type {CourseSong | null} the one that is being heard */
    this._current = null;
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
    return this.begun.map(({ name, songs }) => ({ name, songs: songs.filter(isKnown) }));
  }

  /** @param {import("../library/kept-lesson.js").KeptLesson} kept */
  restore({ genres, embeddings }) {
    this.genres = genres.map(({ name, hashes }) => ({
      name,
      songs: hashes.flatMap((hash) => {
        const embedding = embeddings.get(hash);
        return embedding ? [{ ...newSong(null), hash, embedding, state: /** @type {const} */ ("done") }] : [];
      }),
    }));
    this._known = new Map(embeddings);
    this._onChange();
  }

  /** @param {string} [name] @returns {CourseGenre} */
  addGenre(name = "") {
    const genre = { name, songs: [] };
    this.genres.push(genre);
    this._onChange();
    return genre;
  }

  /** @param {CourseGenre} genre @param {string} name */
  rename(genre, name) {
    genre.name = name.trim();
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
    const songs = this.genres.flatMap((genre) => genre.songs);
    this.genres = [];
    this._known.clear();
    this._leave(songs);
  }

  /** @param {CourseSong[]} songs that are not in any genre any more */
  _leave(songs) {
    if (this._current && songs.includes(this._current)) this._ear.abort();
    this._onChange();
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
      song.state = "failed";
      song.problem = SongError.from(error); // of a song that was taken out, it is told to nobody
    }
    this._current = null;
    this._onChange();
    this._go();
  }

  /** @param {CourseGenre} genre @param {CourseSong} song @throws {SongError} `taught-twice` and what the ear throws */
  async _hear(genre, song) {
    const file = /** @type {File} */ (song.file);
    song.state = "listening";
    this._onChange();
    song.hash = await contentHash(file);
    const other = this._holderOf(song);
    if (other === genre) return this.removeSong(genre, song); // it is there already
    if (other) throw new SongError("taught-twice", { genre: other.name });
    if (!this._isThere(song)) return;
    const tell = (/** @type {number} */ fraction) => this._hearOf(song, fraction);
    song.embedding = this._known.get(song.hash) ?? (await this._ear.embed(file, tell));
    if (!this._isThere(song)) return;
    this._known.set(song.hash, song.embedding);
    song.state = "done";
  }

  /** @param {CourseSong} song @param {number} fraction */
  _hearOf(song, fraction) {
    song.fraction = fraction;
    this._onChange();
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
