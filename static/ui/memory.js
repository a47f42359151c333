/** What the page remembers between visits, in this browser alone. A browser that remembers nothing is no fault. */

/** @param {string} name */
const key = (name) => `genrescope:${name}`;

/** @param {string} name @param {unknown} value JSON-able; null forgets it */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(key(name));
    else localStorage.setItem(key(name), JSON.stringify(value));
  } catch {
    // storage is switched off or full: the next visit starts afresh
  }
}

/** @param {string} name @returns {any} null when nothing is known */
export function recall(name) {
  try {
    return JSON.parse(localStorage.getItem(key(name)) ?? "null");
  } catch {
    return null;
  }
}
