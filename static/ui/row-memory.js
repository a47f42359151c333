/** Which rows are as they were: the list of them may be one array that grows, or a new one each time. Pure. */

export class RowMemory {
  constructor() {
    /** @type {number[][]} */
    this._rows = [];
  }

  /** @param {number[][]} rows @returns {number} how many, from the first on, are the same arrays as last time */
  update(rows) {
    const known = this._rows;
    known.length = Math.min(known.length, rows.length);
    const changed = known.findIndex((row, i) => row !== rows[i]);
    const n_same = changed < 0 ? known.length : changed;
    for (let i = n_same; i < rows.length; i += 1) known[i] = rows[i];
    return n_same;
  }
}
