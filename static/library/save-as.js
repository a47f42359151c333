/** Gives the visitor a file that the page has made. */

const UNTIL_SAVED_MS = 60_000;

/** @param {string} name @param {Blob} content */
export function saveAs(name, content) {
  const url = URL.createObjectURL(content);
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), UNTIL_SAVED_MS); // no browser says when it has taken it
}
