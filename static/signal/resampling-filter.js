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
 * @property {Float64Array} taps [up, n_taps] in the order of the input samples; row p for outputs p / up past a sample
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
 * Modified Bessel function of the first kind and order 0, by its power series.
 * @param {number} x
 */
function besselI0(x) {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let k = 1; term > sum * 1e-17; k += 1) {
    term *= quarter / (k * k);
    sum += term;
  }
  return sum;
}

/** @param {number} x */
const sinc = (x) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/**
 * The low-pass prototype [2 * half + 1] at `up` times the input rate, centred on index `half`; each polyphase branch
 * (indices equal modulo `up`) sums to 1.
 * @param {number} up
 * @param {number} down
 * @param {KaiserSinc} kernel
 * @returns {Float64Array}
 */
function prototypeFilter(up, down, kernel) {
  const scale = Math.min(1, up / down);
  const width = halfWidth(up, down, kernel);
  const half = Math.floor(width * up);
  const prototype = new Float64Array(2 * half + 1);
  for (let i = 0; i < prototype.length; i += 1) {
    const t = (i - half) / up;
    const taper = besselI0(kernel.kaiser_beta * Math.sqrt(Math.max(0, 1 - (t / width) ** 2)));
    prototype[i] = sinc(kernel.rolloff * scale * t) * taper;
  }
  for (let branch = 0; branch < Math.min(up, prototype.length); branch += 1) {
    let sum = 0;
    for (let i = branch; i < prototype.length; i += up) sum += prototype[i];
    for (let i = branch; i < prototype.length; i += up) prototype[i] /= sum;
  }
  return prototype;
}

/**
 * The taps are rounded to float32 as on the server, but stored as float64, in which they are summed.
 * @param {number} rate_in_hz
 * @param {number} rate_out_hz
 * @param {KaiserSinc} kernel
 * @returns {ResamplingFilter}
 */
export function resamplingFilter(rate_in_hz, rate_out_hz, kernel) {
  const { up, down } = resamplingRatio(rate_in_hz, rate_out_hz);
  if (up === down) return { up, down, reach: 0, n_taps: 1, taps: Float64Array.of(1) }; // samples stay what they are
  const prototype = prototypeFilter(up, down, kernel);
  const half = (prototype.length - 1) / 2;
  const reach = filterReach(up, down, kernel);
  const n_taps = 2 * reach + 1;
  const taps = new Float64Array(up * n_taps);
  for (let phase = 0; phase < up; phase += 1) {
    for (let j = 0; j < n_taps; j += 1) {
      const index = half + phase + (reach - j) * up;
      if (index >= 0 && index < prototype.length) taps[phase * n_taps + j] = Math.fround(prototype[index]);
    }
  }
  return { up, down, reach, n_taps, taps };
}
