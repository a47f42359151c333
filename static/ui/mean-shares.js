/** The mean of all rows that are known, for who is given them again and again: only rows that are new are read. */

export class MeanShares {
  /** @param {number} n_genres */
  constructor(n_genres) {
    this._sums = new Float64Array(n_genres);
    /** @type {number[][]} that are in the sums */
    this._rows = [];
  }

  /** @param {number[][]} rows all that are known; those that are the same arrays as last time have not changed */
  update(rows) {
    const known = this._rows;
    let n_same = 0;
    while (n_same < known.length && known[n_same] === rows[n_same]) n_same += 1;
    for (const row of known.splice(n_same)) this._add(row, -1); // the last rows of live sound are provisional
    for (let i = n_same; i < rows.length; i += 1) {
      this._add(rows[i], +1);
      known.push(rows[i]);
    }
  }

  /** @returns {number[]} one a genre; 0 while there are no rows */
  get shares() {
    const n_rows = Math.max(1, this._rows.length);
    return Array.from(this._sums, (sum) => sum / n_rows);
  }

  /** @param {number[]} row @param {number} weight */
  _add(row, weight) {
    for (let genre = 0; genre < this._sums.length; genre += 1) this._sums[genre] += weight * row[genre];
  }
}
