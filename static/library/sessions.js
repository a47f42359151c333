/** What was listened to live joins the list of songs when it is over, and again on the next visit. */

import { pack } from "./packed.js";

/**
 * @typedef {import("./song.js").Session} Session
 * @typedef {import("./song.js").Song} Song
 * @typedef {import("../engine/analyser.js").Analysis} Analysis
 * @typedef {{session: Session, analysis: Analysis, sound: import("./song.js").SoundFrames}} HeardLive
 */

export class Sessions {
  /** @param {import("./songs.js").Songs} songs @param {import("./kept-sessions.js").KeptSessions} kept */
  constructor(songs, kept) {
    this._songs = songs;
    this._kept = kept;
    /** @type {Song[]} those of earlier visits */
    this._earlier = [];
  }

  /**
   * @param {HeardLive} heard in a session that is over
   * @param {{is_to_be_opened: boolean, is_to_be_kept: boolean}} how
   * @returns {Song}
   */
  add({ session, analysis, sound }, { is_to_be_opened, is_to_be_kept }) {
    const packed = pack(analysis);
    const [song] = this._songs.addSessions([{ session, packed, sound }]);
    if (is_to_be_kept) this._kept.keep(session, packed, sound.whole());
    if (is_to_be_opened) this._songs.present(song, analysis);
    return song;
  }

  /** Lists those of earlier visits. */
  async restore() {
    const heard = await this._kept.all();
    if (heard.length > 0) this._earlier = this._songs.addSessions(heard);
  }

  /** The store was emptied: what this visit has only from there leaves the list. */
  forget() {
    for (const song of this._earlier.splice(0)) this._songs.remove(song);
  }
}
