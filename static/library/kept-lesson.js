/**
 * What a visitor teaches, in the store of analyses: the names of the genres, and of each song what the network makes of
 * it (some thousand numbers), under a hash of its bytes. No names of songs, no sound. A network is known by name and
 * version, and what another one made of a song is of no use: then the genres alone are left.
 */

/**
 * @typedef {import("../network/embedding.js").Embedding} Embedding
 * @typedef {import("./store.js").Database} Database
 *
 * @typedef {{name: string, hashes: string[]}} KeptGenre
 * @typedef {{key: string, model?: string, genres?: KeptGenre[], embedding?: Embedding}} KeptPart the genres, or a song
 * @typedef {{lessons: {key: string, value: KeptPart}}} LessonSchema
 *
 * @typedef {object} KeptLesson
 * @property {KeptGenre[]} genres
 * @property {Map<string, Embedding>} embeddings of songs, by their hashes
 * @property {boolean} is_outdated they are of another network, and none is left
 */

const LESSONS = "lessons";
const GENRES = "genres";

/** @param {Database} database of a form that may have had none */
export function createLessons(database) {
  if (!database.objectStoreNames.contains(LESSONS)) database.createObjectStore(LESSONS, { keyPath: "key" });
}

export class LessonKeeper {
  /** @param {import("./store.js").AnalysisStore} store */
  constructor(store) {
    this._store = store;
    this._is_read = false; // what is kept: else it would be written over unseen
  }

  /** @returns {Promise<boolean>} */
  async hasAny() {
    return (await this._try((database) => database.getKey(LESSONS, GENRES))) !== undefined;
  }

  /**
   * @param {string} model name and version
   * @returns {Promise<KeptLesson | null>} null where none is kept; rejects where it cannot be read
   */
  async load(model) {
    const database = await this._store.open().catch(() => null);
    if (!database) return null; // a browser that keeps nothing
    const parts = await database.getAll(LESSONS);
    this._is_read = true;
    const kept = parts.find(({ key }) => key === GENRES);
    if (!kept?.genres) return null;
    if (kept.model !== model) return { genres: kept.genres, embeddings: new Map(), is_outdated: true };
    const songs = parts.flatMap(({ key, embedding }) => (embedding ? [/** @type {const} */ ([key, embedding])] : []));
    return { genres: kept.genres, embeddings: new Map(songs), is_outdated: false };
  }

  /**
   * @param {string} model name and version
   * @param {KeptGenre[]} genres without any, nothing is left
   * @param {Map<string, Embedding>} embeddings of their songs
   * @returns {Promise<boolean>} whether it is kept: browsers may have no room for it, or keep nothing at all
   */
  async keep(model, genres, embeddings) {
    if (!this._is_read) return false;
    const kept = await this._try(async (database) => {
      const transaction = database.transaction(LESSONS, "readwrite");
      const known = new Set(await transaction.store.getAllKeys());
      /** @type {Promise<unknown>[]} each fails where there is no room, as the whole does */
      const changes = [transaction.done];
      for (const key of known) if (!embeddings.has(key)) changes.push(transaction.store.delete(key));
      for (const [key, embedding] of embeddings) {
        if (!known.has(key)) changes.push(transaction.store.put({ key, embedding }));
      }
      if (genres.length > 0) changes.push(transaction.store.put({ key: GENRES, model, genres }));
      await Promise.all(changes);
      return true;
    });
    return kept ?? false;
  }

  async forget() {
    await this._try((database) => database.clear(LESSONS));
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
