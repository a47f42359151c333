/**
 * Memory that goes to a helper with a task, comes back with what the helper gives, and goes out again. (Chromium 156
 * gives memory that a message brought back only when it collects garbage, which is when there is much of it.)
 */

/** More are never under way at once. */
const MOST_KEPT = 8;
const LEAST_BYTES = 1 << 12;

export class Rooms {
  constructor() {
    /** @type {ArrayBuffer[]} */
    this._free = [];
  }

  /** @param {number} n_bytes at least @returns {ArrayBuffer} */
  take(n_bytes) {
    const room = this._free.pop();
    if (room && room.byteLength >= n_bytes) return room;
    return new ArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(n_bytes, LEAST_BYTES)))); // the next may need a bit more
  }

  /** @param {ArrayBuffer} room that nobody uses any more */
  takeBack(room) {
    if (this._free.length < MOST_KEPT) this._free.push(room);
  }
}
