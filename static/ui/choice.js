/** A group of radio buttons whose choice is remembered between visits. */

import { recall, remember } from "./memory.js";

/**
 * @param {string} name of the radio buttons, and of what is remembered
 * @param {(value: string) => void} onChange by the visitor
 * @returns {string | null} what was chosen on an earlier visit, which now stands chosen; null if nothing was
 */
export function rememberedChoice(name, onChange) {
  const radios = /** @type {NodeListOf<HTMLInputElement>} */ (document.querySelectorAll(`input[name="${name}"]`));
  const chosen = [...radios].find(({ value }) => value === recall(name));
  if (chosen) chosen.checked = true;
  for (const radio of radios) {
    radio.addEventListener("change", () => {
      remember(name, radio.value);
      onChange(radio.value);
    });
  }
  return chosen?.value ?? null;
}
