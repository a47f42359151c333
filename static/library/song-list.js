/**
 * The songs of this visit, numbered in the order in which they came.
 *
 * A song that comes alone takes the place of one that came alone: only several make a list. Live sound cannot be had
 * again as a file can: nothing takes its place. Nor does it make a list of one song: that would hang on whether there
 * were sessions on earlier visits.
 */

import { Song } from "./song.js";

export class SongList {
  constructor() {
    /** @type {Song[]} another array whenever songs come or go */
    this.songs = [];
    this._n_songs = 0;
  }

  get are_many() {
    return this.songs.length > 1;
  }

  /** Whether there is more to choose from than what the page shows. @param {Song | null} opened */
  hasMoreThan(opened) {
    return this.are_many || this.songs.some((song) => song.session && song !== opened);
  }

  get n_waiting() {
    return this.songs.filter(({ state }) => state === "waiting").length;
  }

  /** @returns {Song | undefined} */
  get next() {
    return this.songs.find(({ state }) => state === "waiting");
  }

  /**
   * @param {boolean} is_session what comes is live sound: one song that was heard stays beside it
   * @returns {Song[]} those that stay when something comes alone
   */
  staying(is_session) {
    if (this.songs.filter(({ session }) => !session).length > 1) return this.songs;
    return this.songs.filter(({ session, state }) => session || (is_session && state === "done"));
  }

  /** @param {(File | import("./song.js").Session)[]} sources @returns {Song[]} that were not there before */
  add(sources) {
    const songs = sources.map((source) => new Song(source, (this._n_songs += 1)));
    this.songs = [...this.songs, ...songs];
    return songs;
  }
}
