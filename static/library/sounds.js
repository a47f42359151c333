/** The pictures of songs' sound, as long as there is room for them: 0.2 MB for four minutes, 2 MB at most. */

import { SoundFrames } from "../signal/sound-frames.js";

/**
 * @typedef {import("./song.js").Song} Song
 * @typedef {import("./roles.js").Sound} Sound
 * @typedef {import("./roles.js").Store} Store
 */

const MOST_BYTES = 16e6; // some five hours

export class Sounds {
  /** @param {Store} store @param {(song: Song, sound: SoundFrames) => void} onNews more of a song's is known */
  constructor(store, onNews) {
    this._store = store;
    this._onNews = onNews;
    /** @type {Set<Song>} whose sound is remembered, the one that was heard last at the end */
    this._songs = new Set();
  }

  /** @param {Song} song @param {Sound} sound its next frames */
  add(song, { frames, n_bands, frame_s }) {
    const sound = song.sound ?? new SoundFrames(n_bands, frame_s);
    sound.push(frames);
    this.put(song, sound);
  }

  /** Of a song that was heard: there was no room for it any more, but the store may have it. @param {Song} song */
  async find(song) {
    const { packed } = song;
    const sound = await this._kept(song);
    if (sound && song.packed === packed && !song.sound) this.put(song, SoundFrames.of(sound));
  }

  /** @param {Song} song @returns {Promise<import("./roles.js").WholeSound | null>} */
  async _kept({ file, session, packed }) {
    if (session) return this._store.soundOf(session);
    return (file && packed && (await this._store.find(file, packed.model))?.sound) || null;
  }

  /** @param {Song} song @param {SoundFrames} sound of it, so far */
  put(song, sound) {
    song.sound = sound;
    this._songs.delete(song);
    this._songs.add(song);
    this._forget(song);
    this._onNews(song, sound);
  }

  /** Those that have left it take no room from those that are there. @param {Song[]} list */
  keepOnly(list) {
    const there = new Set(list);
    for (const song of this._songs) if (!there.has(song)) this._songs.delete(song);
  }

  /** @param {Song} newest keeps its own */
  _forget(newest) {
    let total = 0;
    for (const { sound } of this._songs) total += sound?.n_bytes ?? 0;
    for (const song of this._songs) {
      if (total <= MOST_BYTES || song === newest) return;
      total -= song.sound?.n_bytes ?? 0;
      song.sound = null;
      this._songs.delete(song);
    }
  }
}
