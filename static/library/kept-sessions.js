/**
 * Live sessions in the store of analyses. A file is its own key, and whoever has it finds what was heard in it; of live
 * sound nothing is left to look it up by. So a session is kept under a number of its own, with when and what the page
 * listened to, and the next visit has it in its list again. Its sound is never kept.
 */

import { SOUNDS, soundOf } from "./kept-sounds.js";
import { ANALYSES } from "./store.js";

/**
 * @typedef {import("./song.js").Session} Session
 * @typedef {import("./packed.js").Packed} Packed
 * @typedef {import("../signal/sound-frames.js").WholeSound} WholeSound
 */

/** In place of a fingerprint, by which all of them are found. */
const SESSION = "session";

/** @param {string} id */
const keyOf = (id) => `${SESSION} ${id}`;

export class KeptSessions {
  /** @param {import("./store.js").AnalysisStore} store @param {() => void} onChange more or fewer are kept */
  constructor(store, onChange) {
    this._store = store;
    this._onChange = onChange;
  }

  /** @param {Session} session @param {Packed} packed what was heard in it @param {WholeSound} sound its picture */
  async keep({ id, source, started_ms }, packed, sound) {
    const kept = { key: keyOf(id), fingerprint: SESSION, used_ms: Date.now(), packed, session: { source, started_ms } };
    await this._try((database) => database.put(ANALYSES, kept), undefined);
    this._onChange();
    await this._try((database) => this._store.keepSound(database, kept.key, sound), undefined);
  }

  /** @param {Session} session */
  async forget({ id }) {
    await this._try((database) => database.delete(ANALYSES, keyOf(id)), undefined);
    await this._try((database) => database.delete(SOUNDS, keyOf(id)), undefined);
    this._onChange();
  }

  /** @returns {Promise<{session: Session, packed: Packed}[]>} in the order in which they began */
  async all() {
    const kept = await this._try(
      (database) => database.getAllFromIndex(ANALYSES, "fingerprint", SESSION),
      /** @type {import("./store.js").Kept[]} */ ([]),
    );
    const heard = kept.flatMap(({ key, session, packed }) =>
      session ? [{ session: { id: key.slice(keyOf("").length), ...session, recording: null }, packed }] : [],
    );
    return heard.sort((a, b) => a.session.started_ms - b.session.started_ms);
  }

  /** @param {Session} session @returns {Promise<WholeSound | null>} the picture of its sound, while there is room */
  async soundOf({ id }) {
    const ask = (/** @type {import("./store.js").Database} */ database) => {
      return soundOf(database.transaction(SOUNDS, "readwrite").store, keyOf(id));
    };
    return this._try(ask, null);
  }

  /** @returns {Promise<number>} */
  count() {
    return this._try((database) => database.countFromIndex(ANALYSES, "fingerprint", SESSION), 0);
  }

  /**
   * A browser that keeps nothing is no fault.
   * @template Value
   * @param {(database: import("./store.js").Database) => Promise<any>} ask
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
