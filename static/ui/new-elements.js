/** Elements of the views that are fetched when they are opened, as they are made. */

/** @param {string} tag @param {string} kind its class @param {string} [words] @returns {HTMLElement} */
export const newElement = (tag, kind, words = "") =>
  Object.assign(document.createElement(tag), { className: kind, textContent: words });

/** @param {string} words @param {string} kind its class @param {() => void} [onClick] @returns {HTMLButtonElement} */
export function newButton(words, kind, onClick) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: kind, textContent: words });
  if (onClick) button.addEventListener("click", onClick);
  return button;
}
