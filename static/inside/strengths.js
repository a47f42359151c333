/**
 * How strongly units answer over a song, row by row of its chart: of each row the maximum of all that lies in it.
 * Memory: a number a unit and row, however long the song is.
 */

/**
 * @typedef {import("../contract.js").Contract} Contract
 * @typedef {{first_step: number, until_step: number}} Place of a window: see network/windows.js
 */

/** Of its mean: what varies less is the same but for rounding. */
const LEAST_DEVIATION = 1e-6;

export class StrengthLog {
  /** @param {Contract} contract @param {number} n_units @param {number} n_rows of the chart */
  constructor({ signal_chain, network, rows }, n_units, n_rows) {
    const { sample_rate_hz, hop_length, n_fft } = signal_chain;
    const { frames_per_step } = network;
    this._rows_a_step = (frames_per_step * hop_length) / sample_rate_hz / rows.step_s;
    this._first_centre = (((frames_per_step - 1) / 2) * hop_length + n_fft / 2) / sample_rate_hz / rows.step_s;
    this._n_units = n_units;
    this._n_rows = n_rows;
    this._maxima = new Float32Array(n_rows * n_units).fill(-Infinity); // [n_rows, n_units]
    this._n_steps = 0; // that are in it
  }

  /**
   * The next window, of which those steps are taken that no window before it has.
   * @param {Place} window @param {Float32Array} maxima [window_steps, n_units]
   */
  add({ first_step, until_step }, maxima) {
    for (let step = this._n_steps; step < until_step; step += 1) {
      const row = Math.min(this._n_rows - 1, Math.floor(step * this._rows_a_step + this._first_centre));
      const [from, to] = [(step - first_step) * this._n_units, row * this._n_units];
      for (let unit = 0; unit < this._n_units; unit += 1) {
        this._maxima[to + unit] = Math.max(this._maxima[to + unit], maxima[from + unit]);
      }
    }
    this._n_steps = Math.max(this._n_steps, until_step);
  }

  /**
   * @returns {Float32Array} [n_units, n_rows]: by how many standard deviations of its own over this song a unit answers
   *     more than its own mean, both of the rows that it was heard in; 0 of one that is always the same
   */
  standardised() {
    const rows = Array.from({ length: this._n_rows }, (_, row) => row);
    const heard = rows.filter((row) => this._maxima[row * this._n_units] > -Infinity);
    const strengths = new Float32Array(this._n_units * this._n_rows);
    for (let unit = 0; unit < this._n_units; unit += 1) {
      const own = heard.map((row) => this._maxima[row * this._n_units + unit]);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / own.length);
      const varies = deviation > LEAST_DEVIATION * Math.abs(mean);
      own.forEach((value, i) => {
        strengths[unit * this._n_rows + heard[i]] = varies ? (value - mean) / deviation : 0;
      });
      this._fillGaps(strengths.subarray(unit * this._n_rows, (unit + 1) * this._n_rows), heard);
    }
    return strengths;
  }

  /**
   * A row that no step's middle lies in is as its neighbour before it, or else after it.
   * @param {Float32Array} own a unit's strengths, one a row @param {number[]} heard rows
   */
  _fillGaps(own, heard) {
    let next = 0;
    own.forEach((_, row) => {
      if (heard[next] === row) next += 1;
      else own[row] = own[heard[Math.max(0, next - 1)]];
    });
  }
}

/**
 * @param {Float32Array} strengths [n_units, n_rows]
 * @param {number} n_rows
 * @param {number} row
 * @param {{first: number, end: number}} among these units
 * @param {number} count
 * @returns {number[]} the strongest of that row, strongest first
 */
export function strongest(strengths, n_rows, row, { first, end }, count) {
  const units = Array.from({ length: end - first }, (_, i) => first + i);
  const at = (/** @type {number} */ unit) => strengths[unit * n_rows + row];
  return units.sort((a, b) => at(b) - at(a) || a - b).slice(0, count);
}
