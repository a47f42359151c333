/**
 * The filter behind a change of sample rate: a Kaiser-windowed sinc in polyphase form
 * (Smith, "Digital Audio Resampling", CCRMA). Every number of it comes from the contract.
 *
 * Conventions: up / down is rate_out / rate_in in lowest terms. Output sample m lies at m * down / up input samples.
 */

/** @typedef {import("../contract.js").KaiserSinc} KaiserSinc */

/**
 * @typedef {object} ResamplingFilter the filter by phase
 * @property {number} up
 * @property {number} down
 * @property {number} reach input samples that an output needs on each side
 * @property {number} n_taps 2 * reach + 1
 * @property {(phase: number, row: Float64Array) => void} fillRow gives the taps [n_taps], in the order of the input
 *     samples, of outputs that lie phase / up past a sample
 */

/** @param {number} a @param {number} b @returns {number} */
const greatestCommonDivisor = (a, b) => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** @param {number} rate_in_hz @param {number} rate_out_hz @returns {{up: number, down: number}} in lowest terms */
export function resamplingRatio(rate_in_hz, rate_out_hz) {
  const divisor = greatestCommonDivisor(rate_in_hz, rate_out_hz);
  return { up: rate_out_hz / divisor, down: rate_in_hz / divisor };
}

/** @param {number} up @param {number} down @param {KaiserSinc} kernel @returns {number} in input samples */
const halfWidth = (up, down, kernel) => kernel.zero_crossings / Math.min(1, up / down);

/**
 * @param {number} up
 * @param {number} down
 * @param {KaiserSinc} kernel
 * @returns {number} input samples that an output sample needs on each side; none where the rate stays
 */
export const filterReach = (up, down, kernel) =>
  up === down ? 0 : Math.ceil(Math.floor(halfWidth(up, down, kernel) * up) / up);

/**
 * The modified Bessel function of the first kind and order 0, as Kaiser's window has it: by its power series.
 * @param {number} beta
 * @returns {Float64Array} coefficients, of I0(beta * sqrt(v)) as a polynomial in v, 0 to 1
 */
function kaiserPolynomial(beta) {
  const coefficients = [1];
  let sum = 1;
  for (let k = 1; coefficients[k - 1] > sum * 1e-17; k += 1) {
    coefficients.push((coefficients[k - 1] * beta * beta) / (4 * k * k));
    sum += coefficients[k];
  }
  return Float64Array.from(coefficients);
}

/** @param {Float64Array} coefficients @param {number} v @returns {number} */
function polynomial(coefficients, v) {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k -= 1) sum = sum * v + coefficients[k];
  return sum;
}

/**
 * What `fillRow` does. Each row sums to 1 before its taps are rounded to float32 as on the server; they are given as
 * float64, in which they are summed. Of neighbouring taps the sine's angles differ by as much in every row, so that
 * a row needs one sine and one cosine of its own: there may be 22,050 rows, and in a row a thousand taps.
 * @param {number} up
 * @param {number} down
 * @param {KaiserSinc} kernel
 * @returns {ResamplingFilter["fillRow"]}
 */
function rowFiller(up, down, kernel) {
  const reach = filterReach(up, down, kernel);
  const width = halfWidth(up, down, kernel);
  const half = Math.floor(width * up);
  const taper = kaiserPolynomial(kernel.kaiser_beta);
  const angle = Math.PI * kernel.rolloff * Math.min(1, up / down); // of the sine, from one input sample to the next
  const whole = Float64Array.from({ length: 2 * reach + 1 }, (_, j) => (reach - j) * angle);
  const [sines, cosines] = [whole.map(Math.sin), whole.map(Math.cos)];
  return (phase, row) => {
    const [sine, cosine] = [Math.sin((angle * phase) / up), Math.cos((angle * phase) / up)];
    let sum = 0;
    for (let j = 2 * reach; j >= 0; j -= 1) {
      const offset = phase + (reach - j) * up; // from the filter's centre, in 1 / up input samples
      const t = offset / up;
      const sinc = offset === 0 ? 1 : (sine * cosines[j] + cosine * sines[j]) / (angle * t);
      row[j] = Math.abs(offset) > half ? 0 : sinc * polynomial(taper, Math.max(0, 1 - (t / width) ** 2));
      sum += row[j];
    }
    for (let j = 0; j < row.length; j += 1) row[j] = Math.fround(row[j] / sum);
  };
}

/**
 * @param {number} rate_in_hz
 * @param {number} rate_out_hz
 * @param {KaiserSinc} kernel
 * @returns {ResamplingFilter}
 */
export function resamplingFilter(rate_in_hz, rate_out_hz, kernel) {
  const { up, down } = resamplingRatio(rate_in_hz, rate_out_hz);
  if (up === down) return { up, down, reach: 0, n_taps: 1, fillRow: (_, row) => row.fill(1) }; // samples stay
  const reach = filterReach(up, down, kernel);
  return { up, down, reach, n_taps: 2 * reach + 1, fillRow: rowFiller(up, down, kernel) };
}
