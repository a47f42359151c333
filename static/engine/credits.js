/** A bounded queue without the queue: whoever sends takes a credit, and waits while none is left. */
export class Credits {
  /** @param {number} n how many may be under way at once */
  constructor(n) {
    this._left = n;
    /** @type {(() => void)[]} */
    this._waiting = [];
  }

  /** @returns {Promise<void> | undefined} undefined (nothing to await) while credits are left */
  take() {
    if (this._left > 0) {
      this._left -= 1;
      return undefined;
    }
    return new Promise((resolve) => this._waiting.push(resolve));
  }

  /** The receiver is done with one. */
  give() {
    const next = this._waiting.shift();
    if (next) next();
    else this._left += 1;
  }
}
