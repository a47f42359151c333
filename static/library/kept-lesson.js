/**
 * What a visitor teaches, in the store of analyses: the names of the genres, what was fitted on them, and of each song
 * what the network makes of it (some thousand numbers), under a hash of its bytes. No names of songs, no sound. A
 * network is known by name and version, and what another one made of a song is of no use: then the genres alone are
 * left.
 *
 * Several tabs may have it open. What is kept is stamped anew whenever it changes, and who has not seen the newest does
 * not write over it.
 */

/**
 * @typedef {import("../network/embedding.js").Embedding} Embedding
 * @typedef {import("../teach/teaching.js").Fit} Fit
 * @typedef {import("./store.js").Database} Database
 *
 * @typedef {{id: string, name: string, hashes: string[]}} KeptGenre id: its own, whatever it is called
 * @typedef {{model: string, genres: KeptGenre[], fit: Fit | null}} Lesson model: name and version
 * @typedef {Partial<Lesson> & {key: string, stamp?: number, embedding?: Embedding}} KeptPart the lesson, or a song
 * @typedef {{lessons: {key: string, value: KeptPart}}} LessonSchema
 *
 * @typedef {object} KeptLesson
 * @property {KeptGenre[]} genres
 * @property {Map<string, Embedding>} embeddings of songs, by their hashes
 * @property {Fit | null} fit null: it was not fitted, or on other songs
 * @property {boolean} is_outdated they are of another network, and none is left
 */

const LESSONS = "lessons";
const GENRES = "genres";
/** Other tabs are told by it that what is kept has changed. */
const CHANNEL = "genrescope-lessons";

/** @param {Database} database of a form that may have had none */
export function createLessons(database) {
  if (!database.objectStoreNames.contains(LESSONS)) database.createObjectStore(LESSONS, { keyPath: "key" });
}

export class LessonKeeper {
  /** @param {import("./store.js").AnalysisStore} store */
  constructor(store) {
    this._store = store;
    this._is_read = false; // what is kept: else it would be written over unseen
    /** @type {number | undefined} of what was read or written last */
    this._stamp = undefined;
    // Safari has it since 15.4. Without it a tab finds out when it is about to write.
    this._channel = typeof BroadcastChannel === "function" ? new BroadcastChannel(CHANNEL) : null;
  }

  /** @param {() => void} onChange what is kept is another: by another tab */
  listen(onChange) {
    if (this._channel) this._channel.onmessage = onChange;
  }

  /** @returns {Promise<boolean>} whether something was taught to the end */
  async hasFit() {
    const kept = await this._try((database) => database.get(LESSONS, GENRES));
    return Boolean(kept?.fit);
  }

  /**
   * @param {string} model name and version
   * @returns {Promise<KeptLesson | null>} null where none is kept; rejects where it cannot be read
   */
  async load(model) {
    const database = await this._store.open().catch((error) => {
      if (this._is_read) throw error;
      return null; // a browser that keeps nothing
    });
    if (!database) return null;
    const parts = await database.getAll(LESSONS);
    const kept = parts.find(({ key }) => key === GENRES);
    this._is_read = true;
    this._stamp = kept?.stamp;
    if (!kept?.genres) return null;
    const genres = kept.genres.map((genre) => ({ ...genre, id: genre.id ?? genre.name })); // the first ones had no ids
    if (kept.model !== model) return { genres, embeddings: new Map(), fit: null, is_outdated: true };
    const songs = parts.flatMap(({ key, embedding }) => (embedding ? [/** @type {const} */ ([key, embedding])] : []));
    return { genres, embeddings: new Map(songs), fit: kept.fit ?? null, is_outdated: false };
  }

  /**
   * @param {Lesson} lesson without any genres, nothing is left
   * @param {Map<string, Embedding>} embeddings of its songs
   * @returns {Promise<"kept" | "elsewhere" | "nowhere">} elsewhere: another tab has changed it, and it is as that has
   *     left it; nowhere: browsers may have no room for it, or keep nothing at all
   */
  async keep(lesson, embeddings) {
    if (!this._is_read) return "nowhere";
    const outcome = await this._try((database) => this._write(database, lesson, embeddings));
    if (outcome === "kept") this._channel?.postMessage(null);
    return outcome ?? "nowhere";
  }

  /** @param {Database} database @param {Lesson} lesson @param {Map<string, Embedding>} embeddings */
  async _write(database, lesson, embeddings) {
    const transaction = database.transaction(LESSONS, "readwrite");
    const { store } = transaction;
    const there = await store.get(GENRES);
    if (there?.stamp !== this._stamp) return "elsewhere";
    const known = new Set(await store.getAllKeys());
    const stamp = lesson.genres.length > 0 ? Math.random() : undefined;
    /** @type {Promise<unknown>[]} each fails where there is no room, as the whole does */
    const changes = [transaction.done];
    for (const key of known) if (!embeddings.has(key)) changes.push(store.delete(key));
    for (const [key, embedding] of embeddings) if (!known.has(key)) changes.push(store.put({ key, embedding }));
    if (stamp !== undefined) changes.push(store.put({ key: GENRES, stamp, ...lesson }));
    await Promise.all(changes);
    this._stamp = stamp;
    return "kept";
  }

  async forget() {
    await this._try((database) => database.clear(LESSONS));
    this._stamp = undefined;
    this._channel?.postMessage(null);
  }

  /**
   * @template Value
   * @param {(database: Database) => Promise<Value>} ask
   * @returns {Promise<Value | undefined>} undefined from a browser that keeps nothing
   */
  async _try(ask) {
    try {
      return await ask(await this._store.open());
    } catch {
      return undefined;
    }
  }
}
