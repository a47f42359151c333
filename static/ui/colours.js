/**
 * One colour a genre, by its place in the contract: the same in every chart, list and visit.
 *
 * The first ten follow Okabe and Ito's colour-blind-safe set (jfly.uni-koeln.de/color) and fill it up from Tol's
 * "muted" one; each has a lighter twin for dark pages. Neighbours differ in lightness as well as in hue. More genres
 * than that walk around the colour wheel by the golden angle.
 */

/** [on light, on dark] */
const COLOURS = [
  ["#0072b2", "#4ba3dc"], // blue
  ["#c05a91", "#dd94bb"], // reddish purple
  ["#b87a00", "#f0b429"], // orange
  ["#3392cb", "#8fd0f5"], // sky blue
  ["#d55e00", "#f58b45"], // vermilion
  ["#00805d", "#2fc79b"], // bluish green
  ["#5b6472", "#a9b4c4"], // slate
  ["#978500", "#f0e442"], // yellow
  ["#6a9a1f", "#a8d45c"], // olive
  ["#882255", "#d1638f"], // wine
];
const GOLDEN_ANGLE_DEG = 137.508;

/**
 * @param {number} index of the genre
 * @param {boolean} on_dark
 * @returns {string} a CSS colour
 */
export function genreColour(index, on_dark) {
  if (index < COLOURS.length) return COLOURS[index][on_dark ? 1 : 0];
  const hue = (index * GOLDEN_ANGLE_DEG) % 360;
  const lightness = (on_dark ? 65 : 40) + 8 * (index % 2);
  return `hsl(${hue.toFixed(1)} 55% ${lightness}%)`;
}

/**
 * Lets the style sheet colour an element as a genre, on light and on dark paper, whichever there is.
 * @param {HTMLElement} element
 * @param {number} index of the genre
 */
export function wearColour(element, index) {
  element.style.setProperty("--on-light", genreColour(index, false));
  element.style.setProperty("--on-dark", genreColour(index, true));
}
