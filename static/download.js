/** Hands a file that the page has made to the browser's downloads. */

/** Safari reads a blob only some time after the click. */
const REVOKE_AFTER_MS = 30_000;

/** @param {Blob} blob @param {string} name of the file */
export function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_AFTER_MS);
}
