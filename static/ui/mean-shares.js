/** The mean of all rows that are known, for who is given them again and again: only rows that are new are read. Pure. */

import { RowMemory } from "./row-memory.js";

export class MeanShares {
  /** @param {number} n_genres */
  constructor(n_genres) {
    this._memory = new RowMemory();
    /** @type {Float64Array[]} the sums up to each row, [n_rows][n_genres]: the last rows of live sound are provisional */
    this._sums = [];
    this._none = new Float64Array(n_genres);
  }

  /** @param {number[][]} rows all that are known; those that are the same arrays as last time have not changed */
  update(rows) {
    this._sums.length = this._memory.update(rows);
    for (let i = this._sums.length; i < rows.length; i += 1) {
      const before = this._sums[i - 1] ?? this._none;
      this._sums.push(before.map((sum, genre) => sum + rows[i][genre]));
    }
  }

  /** @returns {number[]} one a genre; 0 while there are no rows */
  get shares() {
    const n_rows = this._sums.length;
    return Array.from(this._sums[n_rows - 1] ?? this._none, (sum) => sum / Math.max(1, n_rows));
  }
}
