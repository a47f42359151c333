/** The page's elements by selector, and its fixed texts. */

import { TEXTS } from "../messages.js";

/** @param {string} selector @returns {HTMLElement} @throws {Error} when the template lacks it */
export function element(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`the page has no ${selector}`);
  return found;
}

/** @param {string} kind its class @param {string} words @returns {HTMLSpanElement} */
export const newSpan = (kind, words) =>
  Object.assign(document.createElement("span"), { className: kind, textContent: words });

/** Puts every fixed text where `data-say` (content) or `data-say-label` (accessible name) asks for it. */
export function sayTexts() {
  const texts = /** @type {Record<string, string>} */ (TEXTS);
  for (const spot of document.querySelectorAll("[data-say]")) {
    spot.textContent = texts[/** @type {HTMLElement} */ (spot).dataset.say ?? ""];
  }
  for (const spot of document.querySelectorAll("[data-say-label]")) {
    spot.setAttribute("aria-label", texts[/** @type {HTMLElement} */ (spot).dataset.sayLabel ?? ""]);
  }
}
