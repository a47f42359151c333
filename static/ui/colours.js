/**
 * One colour a genre: the same in every chart, list and visit, and, for genres that this table names, every network.
 *
 * Hues from Okabe and Ito's set (jfly.uni-koeln.de/color) and Tol's "muted" one, moved until any two are at least 12
 * apart (CIE 1976) for normal vision and, as Machado, Oliveira & Fernandes simulate it ("A physiologically-based model
 * for simulation of color vision deficiency", 2009), without red or green cones. Each has a twin for dark pages. More
 * genres than that walk around the colour wheel by the golden angle.
 */

/** @type {[genre: string, on_light: string, on_dark: string][]} */
const COLOURS = [
  ["blues", "#0166a9", "#4b9ed7"],
  ["classical", "#c5649a", "#c886ab"],
  ["country", "#905800", "#ebb827"],
  ["disco", "#3195cc", "#96d5fa"],
  ["hiphop", "#e06403", "#ee8c44"],
  ["jazz", "#11764f", "#4bc998"],
  ["metal", "#50606e", "#bfcad5"],
  ["pop", "#8c7f3a", "#faf54f"],
  ["reggae", "#61a01f", "#bbe16f"],
  ["rock", "#791547", "#bd587f"],
];
const GOLDEN_ANGLE_DEG = 137.508;

/**
 * @param {string[]} genres
 * @returns {number[]} the place of each among all colours: a known genre has its own, others those that are left
 */
export function colourPlaces(genres) {
  const known = genres.map((genre) => COLOURS.findIndex(([name]) => name === genre));
  const free = Array.from({ length: COLOURS.length + genres.length }, (_, place) => place).filter(
    (place) => !known.includes(place),
  );
  return known.map((place) => (place >= 0 ? place : /** @type {number} */ (free.shift())));
}

/**
 * @param {number} place of the genre among all colours, see colourPlaces
 * @param {boolean} on_dark
 * @returns {string} a CSS colour
 */
export function genreColour(place, on_dark) {
  if (place < COLOURS.length) return COLOURS[place][on_dark ? 2 : 1];
  const hue = (place * GOLDEN_ANGLE_DEG) % 360;
  const lightness = (on_dark ? 65 : 40) + 8 * (place % 2);
  return `hsl(${hue.toFixed(1)} 55% ${lightness}%)`;
}

/**
 * The same for several genres: stripes side by side, and in `--n-colours` how many.
 * @param {HTMLElement} element
 * @param {string[]} worn
 * @param {string[]} genres that they are some of
 */
export function wearColours(element, worn, genres) {
  const places = colourPlaces(genres);
  const stripes = (/** @type {boolean} */ on_dark) =>
    worn.map((genre, i) => {
      const colour = genreColour(places[genres.indexOf(genre)], on_dark);
      return `${colour} ${(100 * i) / worn.length}% ${(100 * (i + 1)) / worn.length}%`;
    });
  element.style.setProperty("--on-light", `linear-gradient(90deg, ${stripes(false).join(", ")})`);
  element.style.setProperty("--on-dark", `linear-gradient(90deg, ${stripes(true).join(", ")})`);
  element.style.setProperty("--n-colours", String(worn.length));
}

/**
 * Lets the style sheet colour an element as a genre, on light and on dark paper, whichever there is.
 * @param {HTMLElement} element
 * @param {string} genre
 * @param {string[]} genres that it is one of
 */
export function wearColour(element, genre, genres) {
  const place = colourPlaces(genres)[genres.indexOf(genre)];
  element.style.setProperty("--on-light", genreColour(place, false));
  element.style.setProperty("--on-dark", genreColour(place, true));
}
