/** The pictures of songs' sound, as long as there is room for them: half a megabyte for four minutes. */

/**
 * @typedef {import("./song.js").Song} Song
 * @typedef {import("./song.js").Sound} Sound
 */

const MOST_BYTES = 16e6; // some five hours

export class Sounds {
  constructor() {
    /** @type {Map<Song, number>} bytes by song, the one that was heard last at the end */
    this._bytes = new Map();
  }

  /** @param {Song} song @param {Sound} sound its next frames */
  add(song, sound) {
    const n_bytes = song.sound.length > 0 ? this._bytes.get(song) ?? 0 : 0;
    song.sound.push(sound);
    this._bytes.delete(song);
    this._bytes.set(song, n_bytes + sound.frames.length);
    this._forget(song);
  }

  /** @param {Song} newest keeps its own, unless it alone is too much */
  _forget(newest) {
    let total = [...this._bytes.values()].reduce((sum, n_bytes) => sum + n_bytes, 0);
    for (const [song, n_bytes] of this._bytes) {
      if (total <= MOST_BYTES) return;
      if (song === newest && this._bytes.size > 1) continue;
      song.sound = [];
      this._bytes.delete(song);
      total -= n_bytes;
    }
  }
}
