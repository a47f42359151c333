/**
 * Analyses of songs that this browser has heard already, in IndexedDB: what was heard, under a hash of the file's bytes
 * and the model's version. No names, no sound.
 *
 * Nothing here is an error to anybody. A browser without IndexedDB or WebCrypto (a private window, a page that came
 * over plain HTTP), a full disk, a file that cannot be read: the song is heard as if for the first time.
 */

import { openDB } from "../vendor/idb-8.0.3/index.js";
import { contentHash, fingerprintOf } from "./content-hash.js";

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {import("./packed.js").Packed} Packed
 *
 * @typedef {object} Kept
 * @property {string} key hash of the content, and the model
 * @property {string} fingerprint of the content, and the model
 * @property {number} used_ms when it was last asked for, since 1970
 * @property {Packed} packed
 * @property {{source: import("../live/capture.js").Source, started_ms: number}} [session] of live sound: sessions.js
 *
 * @typedef {{analyses: {key: string, value: Kept, indexes: {fingerprint: string, used_ms: number}}}} Schema
 * @typedef {import("../vendor/idb-8.0.3/index.js").IDBPDatabase<Schema>} Database
 */

const NAME = "genrescope";
export const ANALYSES = "analyses";
/** To be raised when what is kept changes its form, or the page hears the same model in another way. */
const FORMAT = 1;
/** What was not asked for the longest goes first. Songs of four minutes take 10 kB each. */
export const MOST_SONGS = 5000;
/** Safari 14 opens no database at all in some of its sessions, and says nothing. */
const PATIENCE_MS = 1000;

/** How often everything was to be forgotten: what was heard before that is not kept after it. */
let n_forgotten = 0;

/** @param {{name: string, version: string}} model */
const nameOf = ({ name, version }) => `${name} ${version}`;

/** @returns {Promise<never>} rejects when it takes too long */
const impatience = () =>
  new Promise((_, reject) => setTimeout(reject, PATIENCE_MS, new Error("the database does not answer")));

export class AnalysisStore {
  /** @param {{most_songs?: number, onChange?: () => void}} [options] onChange: more or fewer are kept */
  constructor({ most_songs = MOST_SONGS, onChange = () => {} } = {}) {
    this._most_songs = most_songs;
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
      upgrade(database) {
        for (const name of database.objectStoreNames) database.deleteObjectStore(name);
        const analyses = database.createObjectStore(ANALYSES, { keyPath: "key" });
        analyses.createIndex("fingerprint", "fingerprint");
        analyses.createIndex("used_ms", "used_ms");
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
   * @param {Contract} contract of the model that would hear it
   * @returns {Promise<Packed | null>} what that very model heard in it
   */
  async find(file, contract) {
    try {
      return await this._find(file, nameOf(contract));
    } catch {
      return null;
    }
  }

  /** @param {Blob} file @param {string} model @returns {Promise<Packed | null>} */
  async _find(file, model) {
    const database = await this.open();
    const fingerprint = `${await fingerprintOf(file)} ${model}`;
    const is_new = (await database.countFromIndex(ANALYSES, "fingerprint", fingerprint)) === 0;
    if (is_new) return null;
    const key = `${await contentHash(file)} ${model}`;
    const { store } = database.transaction(ANALYSES, "readwrite");
    const kept = await store.get(key);
    if (!kept) return null;
    await store.put({ ...kept, used_ms: Date.now() });
    return kept.packed;
  }

  /** @param {Blob} file @param {Packed} packed what was heard in it */
  async keep(file, packed) {
    try {
      await this._keep(file, packed);
    } catch {
      // it will be heard again
    }
  }

  /** @param {Blob} file @param {Packed} packed */
  async _keep(file, packed) {
    const n_before = n_forgotten;
    const database = await this.open();
    const model = nameOf(packed.model);
    const [key, fingerprint] = [`${await contentHash(file)} ${model}`, `${await fingerprintOf(file)} ${model}`];
    if (n_forgotten !== n_before) return;
    const { store, done } = database.transaction(ANALYSES, "readwrite");
    await store.put({ key, fingerprint, used_ms: Date.now(), packed });
    let n_too_many = (await store.count()) - this._most_songs;
    let oldest = n_too_many > 0 ? await store.index("used_ms").openCursor() : null;
    for (; oldest && n_too_many > 0; n_too_many -= 1) {
      await oldest.delete();
      oldest = await oldest.continue();
    }
    await done;
    this._onChange();
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
      await (await this.open()).clear(ANALYSES);
    } catch {
      // then there is nothing
    }
    this._onChange();
  }
}
