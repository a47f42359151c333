/**
 * The sound's frames as they come in, in memory that does not grow beyond two megabytes, so that they can be kept with
 * each song: past a length that no screen shows frame by frame, each column holds the loudest of two frames, then of
 * four. Pure.
 */

/**
 * @typedef {import("../engine/analyser.js").Sound} Sound
 * @typedef {Sound & {loudest: number, highest: number}} WholeSound of a song, to be kept
 */

const FIRST_COLUMNS = 1 << 12;
/** 42 minutes at 13 frames a second; 2 MB. */
const MOST_COLUMNS = 1 << 15;

export class SoundFrames {
  /** @param {number} n_bands @param {number} frame_s @param {number} [most_columns] an even number */
  constructor(n_bands, frame_s, most_columns = MOST_COLUMNS) {
    this.n_bands = n_bands;
    /** Bytes a column: its bands and its peak. */
    this.depth = n_bands + 1;
    /** Seconds a column. */
    this.column_s = frame_s;
    this.n_columns = 0;
    /** The largest byte of any band so far, and of any peak. */
    this.loudest = 0;
    this.highest = 0;
    this._most_columns = most_columns;
    this._frames_per_column = 1;
    this._n_in_column = 0; // frames that the last column holds so far
    this._bytes = new Uint8Array(FIRST_COLUMNS * this.depth);
  }

  /** Takes no time, however long the song is. @param {WholeSound} whole as it was kept @returns {SoundFrames} */
  static of({ frames, n_bands, frame_s, loudest, highest }) {
    const sound = new SoundFrames(n_bands, frame_s);
    Object.assign(sound, { _bytes: frames, n_columns: frames.length / sound.depth, loudest, highest });
    return sound;
  }

  get n_bytes() {
    return this.n_columns * this.depth;
  }

  /** @returns {WholeSound} a copy of all that there is, of which the same columns can be made again */
  whole() {
    const { n_bands, column_s: frame_s, loudest, highest } = this;
    return { frames: this.columns(0, this.n_columns).slice(), n_bands, frame_s, loudest, highest };
  }

  /** @param {Uint8Array} frames [m, n_bands + 1] */
  push(frames) {
    for (let at = 0; at < frames.length; at += this.depth) this._pushOne(frames.subarray(at, at + this.depth));
  }

  /** @param {number} first @param {number} end @returns {Uint8Array} [end - first, n_bands + 1], not to be changed */
  columns(first, end) {
    return this._bytes.subarray(first * this.depth, end * this.depth);
  }

  /** @param {Uint8Array} frame */
  _pushOne(frame) {
    if (this._n_in_column === 0) this._beginColumn();
    const to = (this.n_columns - 1) * this.depth;
    for (let i = 0; i < this.depth; i += 1) {
      if (frame[i] > this._bytes[to + i]) this._bytes[to + i] = frame[i];
      if (i < this.n_bands && frame[i] > this.loudest) this.loudest = frame[i];
    }
    this.highest = Math.max(this.highest, frame[this.n_bands]);
    this._n_in_column = (this._n_in_column + 1) % this._frames_per_column;
  }

  _beginColumn() {
    if (this.n_columns === this._most_columns) this._halve();
    this.n_columns += 1;
    const needed = this.n_columns * this.depth;
    if (needed <= this._bytes.length) return;
    const larger = new Uint8Array(Math.min(this._most_columns * this.depth, 2 * this._bytes.length));
    larger.set(this._bytes);
    this._bytes = larger;
  }

  /** Two columns become one. */
  _halve() {
    const { depth, _bytes: bytes } = this;
    this.n_columns /= 2;
    for (let column = 0; column < this.n_columns; column += 1) {
      for (let i = 0; i < depth; i += 1) {
        const [first, second] = [2 * column * depth + i, (2 * column + 1) * depth + i];
        bytes[column * depth + i] = Math.max(bytes[first], bytes[second]);
      }
    }
    bytes.fill(0, this.n_columns * depth);
    this.column_s *= 2;
    this._frames_per_column *= 2;
  }
}
