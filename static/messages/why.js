/**
 * The words of “Why?”, which are fetched when it is opened. With ../messages.js they are the page's one table: a
 * translation is other files with these names.
 */

import { bandInWords, clock, listed, TEXTS } from "../messages.js";

/** @typedef {import("../messages.js").Hz} Hz */

export const PLAY = TEXTS.why_play;
export const STOP = "Stop";
export const LISTENING = "Listening to this second again …";

/** @param {string} genre @param {number} seconds */
export const title = (genre, seconds) => `Why ${genre} at ${clock(seconds)}?`;

/** @param {{genre: string, for: Hz[], against: Hz[], start_s: number, end_s: number}} told in this order of weight */
export const whyInWords = ({ genre, for: pro, against, start_s, end_s }) => {
  /** @param {Hz[]} bands */
  const heardIn = (bands) => (bands.length > 0 ? `what is heard ${listed(bands.map(bandInWords))}` : "hardly anything");
  const most = pro.length > 0 ? " most" : "";
  const words = `${heardIn(pro)} spoke${most} for ${genre}; ${heardIn(against)} spoke against it.`;
  return `Between ${clock(Math.round(start_s))} and ${clock(Math.round(end_s))}, ${words}`;
};
