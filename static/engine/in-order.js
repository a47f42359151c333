/** What is made side by side, given on in the order in which it was begun. */

/** @template T */
export class InOrder {
  /** @param {(part: T) => void} give */
  constructor(give) {
    this._give = give;
    /** @type {Slot<T>[]} those not yet given on to their end, the oldest first */
    this._slots = [];
  }

  get is_empty() {
    return this._slots.length === 0;
  }

  /** @returns {Slot<T>} for the parts of what is begun now */
  begin() {
    const slot = new Slot(() => this._drain());
    this._slots.push(slot);
    return slot;
  }

  /** @param {Slot<T>} slot not yet done @returns {boolean} whether it has not been forgotten */
  isWanted(slot) {
    return this._slots.includes(slot);
  }

  /** Forgets what was begun with this slot and after it. @param {Slot<T>} slot */
  dropFrom(slot) {
    this._slots = this._slots.slice(0, this._slots.indexOf(slot));
  }

  _drain() {
    for (let slot = this._slots[0]; slot; slot = this._slots[0]) {
      for (const part of slot.parts.splice(0)) this._give(part);
      if (!slot.is_done) return;
      this._slots.shift();
    }
  }
}

/** @template T */
export class Slot {
  /** @param {() => void} onChange */
  constructor(onChange) {
    /** @type {T[]} */
    this.parts = [];
    this.is_done = false;
    this._onChange = onChange;
  }

  /** @param {T} part */
  add(part) {
    this.parts.push(part);
    this._onChange();
  }

  done() {
    this.is_done = true;
    this._onChange();
  }
}
