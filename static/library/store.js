/**
 * Analyses of songs that this browser has heard already, in IndexedDB: what was heard, and the picture of its sound,
 * under a hash of the file's bytes and the model's version. No names, no sound.
 *
 * Nothing here is an error to anybody. A browser without IndexedDB or WebCrypto (a private window, a page that came
 * over plain HTTP), a full disk, a file that cannot be read: the song is heard as if for the first time.
 */

import { openDB } from "../vendor/idb-8.0.3/index.js";
import { contentHash, fingerprintOf } from "./content-hash.js";
import { createLessons } from "./kept-lesson.js";
import { SOUNDS, createSounds, keepSound, soundOf } from "./kept-sounds.js";

/**
 * @typedef {import("./packed.js").Packed} Packed
 * @typedef {import("../signal/sound-frames.js").WholeSound} WholeSound
 * @typedef {{name: string, version: string}} ModelName
 * @typedef {{packed: Packed, sound: WholeSound | null}} Found sound: its picture, where there was room
 *
 * @typedef {object} Kept
 * @property {string} key hash of the content, and the model
 * @property {string} fingerprint of the content, and the model
 * @property {number} used_ms when it was last asked for, since 1970
 * @property {Packed} packed
 * @property {{source: import("../live/capture.js").Source, started_ms: number}} [session] of live sound, see
 *     kept-sessions.js
 *
 * @typedef {{analyses: {key: string, value: Kept, indexes: {fingerprint: string, used_ms: number}}} &
 *     import("./kept-sounds.js").SoundSchema & import("./kept-lesson.js").LessonSchema} Schema
 * @typedef {import("../vendor/idb-8.0.3/index.js").IDBPDatabase<Schema>} Database
 * @typedef {import("../vendor/idb-8.0.3/index.js").IDBPObjectStore<Schema, any, "sounds", "readwrite">} SoundStore
 */

const NAME = "genrescope";
export const ANALYSES = "analyses";
/** To be raised when what is kept changes its form, or the page hears the same model in another way. */
const FORMAT = 3;
/** Analyses have the same form since then. */
const OLDEST_FORMAT = 1;
/** What was not asked for the longest goes first. Songs of four minutes take 10 kB each. */
export const MOST_SONGS = 5000;
/** Of four minutes it takes 0.2 MB, of the longest mix 2 MB: those of the 500 songs, or more, asked for last. */
const MOST_SOUND_BYTES = 100e6;
/** Safari 14 opens no database at all in some of its sessions, and says nothing; on a busy phone it takes its time. */
const PATIENCE_MS = 3000;

/** How often everything was to be forgotten: what was heard before that is not kept after it. */
let n_forgotten = 0;

/** @param {ModelName} model */
const nameOf = ({ name, version }) => `${name} ${version}`;

/** @param {Database} database */
function createAnalyses(database) {
  for (const name of database.objectStoreNames) database.deleteObjectStore(name);
  const analyses = database.createObjectStore(ANALYSES, { keyPath: "key" });
  analyses.createIndex("fingerprint", "fingerprint");
  analyses.createIndex("used_ms", "used_ms");
}

/** @returns {Promise<never>} rejects when it takes too long */
const impatience = () =>
  new Promise((_, reject) => setTimeout(reject, PATIENCE_MS, new Error("the database does not answer")));

export class AnalysisStore {
  /**
   * @param {object} [options]
   * @param {number} [options.most_songs]
   * @param {number} [options.most_sound_bytes] of the pictures of their sound
   * @param {() => void} [options.onChange] more or fewer songs are kept
   */
  constructor({ most_songs = MOST_SONGS, most_sound_bytes = MOST_SOUND_BYTES, onChange = () => {} } = {}) {
    this._most_songs = most_songs;
    this._most_sound_bytes = most_sound_bytes;
    this._onChange = onChange;
    /** @type {Promise<Database> | null} */
    this._database = null;
    this.open().catch(() => {}); // that the first song need not wait
  }

  /** @returns {Promise<Database>} one that could not be had is not waited for again */
  async open() {
    this._database ??= Promise.race([this._openDatabase(), impatience()]);
    return this._database;
  }

  /** @returns {Promise<Database>} */
  async _openDatabase() {
    return openDB(NAME, FORMAT, {
      upgrade(database, old_format) {
        if (old_format < OLDEST_FORMAT) createAnalyses(database);
        createSounds(database);
        createLessons(database);
      },
      blocking: () => this.close(), // another tab has a newer page
      terminated: () => (this._database = null),
    });
  }

  async close() {
    const database = this._database;
    this._database = null;
    (await database)?.close();
  }

  /**
   * @param {Blob} file
   * @param {ModelName} model that would hear it
   * @returns {Promise<Found | null>} what that very model heard in it
   */
  async find(file, model) {
    try {
      return await this._find(file, nameOf(model));
    } catch {
      return null;
    }
  }

  /** @param {Blob} file @param {string} model @returns {Promise<Found | null>} */
  async _find(file, model) {
    const database = await this.open();
    const fingerprint = `${await fingerprintOf(file)} ${model}`;
    const is_new = (await database.countFromIndex(ANALYSES, "fingerprint", fingerprint)) === 0;
    if (is_new) return null;
    const key = `${await contentHash(file)} ${model}`;
    const transaction = database.transaction([ANALYSES, SOUNDS], "readwrite");
    const analyses = transaction.objectStore(ANALYSES);
    const kept = await analyses.get(key);
    if (!kept) return null;
    await analyses.put({ ...kept, used_ms: Date.now() });
    return { packed: kept.packed, sound: await soundOf(transaction.objectStore(SOUNDS), key) };
  }

  /** @param {Blob} file @param {Packed} packed what was heard in it @param {WholeSound | null} [sound] all of it */
  async keep(file, packed, sound = null) {
    try {
      await this._keep(file, packed, sound);
    } catch {
      // it will be heard again
    }
  }

  /** @param {Blob} file @param {Packed} packed @param {WholeSound | null} sound */
  async _keep(file, packed, sound) {
    const n_before = n_forgotten;
    const database = await this.open();
    const model = nameOf(packed.model);
    const [key, fingerprint] = [`${await contentHash(file)} ${model}`, `${await fingerprintOf(file)} ${model}`];
    if (n_forgotten !== n_before) return;
    const transaction = database.transaction([ANALYSES, SOUNDS], "readwrite");
    const [analyses, sounds] = [transaction.objectStore(ANALYSES), transaction.objectStore(SOUNDS)];
    await analyses.put({ key, fingerprint, used_ms: Date.now(), packed });
    let n_too_many = (await analyses.count()) - this._most_songs;
    let oldest = n_too_many > 0 ? await analyses.index("used_ms").openCursor() : null;
    for (; oldest && n_too_many > 0; n_too_many -= 1) {
      await sounds.delete(oldest.primaryKey);
      await oldest.delete();
      oldest = await oldest.continue();
    }
    await transaction.done;
    this._onChange();
    if (sound) await this.keepSound(database, key, sound);
  }

  /**
   * Apart from what was heard, which is kept even where there is no room for more than that.
   * @param {Database} database @param {string} key @param {WholeSound} sound
   */
  async keepSound(database, key, sound) {
    const transaction = database.transaction([ANALYSES, SOUNDS], "readwrite");
    const is_forgotten = (await transaction.objectStore(ANALYSES).getKey(key)) === undefined;
    if (!is_forgotten) await keepSound(transaction.objectStore(SOUNDS), key, sound, this._most_sound_bytes);
    await transaction.done;
  }

  /** @returns {Promise<number>} of songs; 0 where nothing can be kept */
  async count() {
    try {
      return await (await this.open()).count(ANALYSES);
    } catch {
      return 0;
    }
  }

  /** Everything, of all models. What is being written just now is not kept either. */
  async forget() {
    n_forgotten += 1;
    try {
      const transaction = (await this.open()).transaction([ANALYSES, SOUNDS], "readwrite");
      await transaction.objectStore(ANALYSES).clear();
      await transaction.objectStore(SOUNDS).clear();
      await transaction.done;
    } catch {
      // then there is nothing
    }
    this._onChange();
  }
}
