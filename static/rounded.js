/** Numbers as the page and the server tell them: six decimals, far finer than the network's own certainty. */

/** @param {number} value */
export const rounded = (value) => Math.round(value * 1e6) / 1e6;

/** @param {number[]} values */
export const roundedAll = (values) => values.map(rounded);
