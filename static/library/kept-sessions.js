/**
 * Live sessions in the store of analyses. A file is its own key, and whoever has it finds what was heard in it; of live
 * sound nothing is left to look it up by. So a session is kept under a number of its own, with when and what the page
 * listened to, and the next visit has it in its list again. Its sound is never kept.
 *
 * Each start of the page reads all of them, so they have a bound of their own, far below that of songs.
 */

import { SOUNDS, soundOf } from "./kept-sounds.js";
import { ANALYSES } from "./store.js";

/**
 * @typedef {import("./song.js").Session} Session
 * @typedef {import("./packed.js").Packed} Packed
 * @typedef {import("./store.js").Database} Database
 * @typedef {import("./store.js").Kept} Kept
 * @typedef {import("../signal/sound-frames.js").WholeSound} WholeSound
 */

/** What was not looked at for the longest goes first. An hour takes 0.15 MB. */
export const MOST_SESSIONS = 100;

/** In place of a fingerprint, by which all of them are found. */
const SESSION = "session";

/** @param {string} id */
const keyOf = (id) => `${SESSION} ${id}`;

/**
 * @param {{index: (name: "used_ms") => {getAllKeys: () => Promise<string[]>}}} analyses
 * @returns {Promise<string[]>} of all sessions, the one looked at last at the end; told without their being read
 */
const keysByUse = async (analyses) =>
  (await analyses.index("used_ms").getAllKeys()).filter((key) => key.startsWith(keyOf("")));

export class KeptSessions {
  /**
   * @param {import("./store.js").AnalysisStore} store
   * @param {() => void} onChange more or fewer are kept
   * @param {number} [most]
   */
  constructor(store, onChange, most = MOST_SESSIONS) {
    this._store = store;
    this._onChange = onChange;
    this._most = most;
  }

  /** @param {Session} session @param {Packed} packed what was heard in it @param {WholeSound} sound its picture */
  async keep({ id, source, started_ms }, packed, sound) {
    const kept = { key: keyOf(id), fingerprint: SESSION, used_ms: Date.now(), packed, session: { source, started_ms } };
    await this._try((database) => this._put(database, kept), undefined);
    this._onChange();
    await this._try((database) => this._store.keepSound(database, kept.key, sound), undefined);
  }

  /** In place of the oldest, where there are too many. @param {Database} database @param {Kept} kept */
  async _put(database, kept) {
    const transaction = database.transaction([ANALYSES, SOUNDS], "readwrite");
    const [analyses, sounds] = [transaction.objectStore(ANALYSES), transaction.objectStore(SOUNDS)];
    await analyses.put(kept);
    for (const key of (await keysByUse(analyses)).slice(0, -this._most)) {
      await analyses.delete(key);
      await sounds.delete(key);
    }
    await transaction.done;
  }

  /** @param {Session} session */
  async forget({ id }) {
    await this._try((database) => database.delete(ANALYSES, keyOf(id)), undefined);
    await this._try((database) => database.delete(SOUNDS, keyOf(id)), undefined);
    this._onChange();
  }

  /** @returns {Promise<{session: Session, packed: Packed}[]>} in the order in which they began */
  async all() {
    const kept = await this._try((database) => this._newest(database), /** @type {Kept[]} */ ([]));
    const heard = kept.flatMap(({ key, session, packed }) =>
      session ? [{ session: { id: key.slice(keyOf("").length), ...session, recording: null }, packed }] : [],
    );
    return heard.sort((a, b) => a.session.started_ms - b.session.started_ms);
  }

  /** An earlier page may have kept more. @param {Database} database @returns {Promise<Kept[]>} */
  async _newest(database) {
    const analyses = database.transaction(ANALYSES).store;
    const keys = (await keysByUse(analyses)).slice(-this._most);
    const kept = await Promise.all(keys.map((key) => analyses.get(key)));
    return kept.filter((one) => one !== undefined);
  }

  /**
   * The session is looked at: it stays the longer, and so does the picture of its sound.
   * @param {Session} session
   * @returns {Promise<WholeSound | null>} the picture, while there is room for it
   */
  async soundOf({ id }) {
    return this._try((database) => this._use(database, keyOf(id)), null);
  }

  /** @param {Database} database @param {string} key @returns {Promise<WholeSound | null>} */
  async _use(database, key) {
    const transaction = database.transaction([ANALYSES, SOUNDS], "readwrite");
    const analyses = transaction.objectStore(ANALYSES);
    const kept = await analyses.get(key);
    if (kept) await analyses.put({ ...kept, used_ms: Date.now() });
    return soundOf(transaction.objectStore(SOUNDS), key);
  }

  /** @returns {Promise<number>} */
  count() {
    return this._try((database) => database.countFromIndex(ANALYSES, "fingerprint", SESSION), 0);
  }

  /**
   * A browser that keeps nothing is no fault.
   * @template Value
   * @param {(database: Database) => Promise<any>} ask
   * @param {Value} otherwise
   * @returns {Promise<Value>}
   */
  async _try(ask, otherwise) {
    try {
      return await ask(await this._store.open());
    } catch {
      return otherwise;
    }
  }
}
