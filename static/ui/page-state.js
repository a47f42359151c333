/** What the page says of itself: whether it is busy, what went wrong, what has come true. */

import { element } from "./page.js";

/** @typedef {"idle" | "loading" | "analysing" | "done" | "error"} State */

const main = element("main");
const alert = element("#alert");
const announcer = element("#announcer");

/** @param {State} state */
export function setState(state) {
  main.dataset.state = state;
  main.setAttribute("aria-busy", String(state === "loading" || state === "analysing"));
}

/** Whether a song that is looked at, or live sound, is being heard. */
export const isBusy = () => main.getAttribute("aria-busy") === "true";

/** @param {string} words said at once to everyone; none takes the last ones away */
export function warn(words) {
  alert.textContent = words;
}

/** The same, and nothing else is to be said. @param {string} words */
export function complain(words) {
  warn(words);
  if (words) setState("error");
}

/** @param {string} words said to who does not see that they have come true */
export function announce(words) {
  announcer.textContent = words;
}
