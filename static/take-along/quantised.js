/** Probabilities as whole numbers that keep their sum. */

import { rounded } from "../rounded.js";

/**
 * Whole shares by the method of the largest remainder: each is less than one level off, a larger probability never gets
 * fewer levels than a smaller one, and they add up to all levels.
 * @param {number[]} probabilities
 * @param {number} levels
 * @returns {number[]}
 */
export function quantised(probabilities, levels) {
  const sum = probabilities.reduce((a, b) => a + b, 0);
  const exact = probabilities.map((probability) => (probability / sum) * levels);
  const whole = exact.map(Math.floor);
  const left = levels - whole.reduce((a, b) => a + b, 0);
  const by_remainder = exact.map((_, i) => i).sort((a, b) => exact[b] - whole[b] - (exact[a] - whole[a]));
  for (const i of by_remainder.slice(0, left)) whole[i] += 1;
  return whole;
}

/** Six decimals, as everywhere. @param {number[]} whole @param {number} levels @returns {number[]} */
export const probabilitiesOf = (whole, levels) => whole.map((n) => rounded(n / levels));
