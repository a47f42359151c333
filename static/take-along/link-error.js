/** A chart that cannot be had from a link, or not be put into one. */

/**
 * - incomplete: cut off or changed on its way
 * - invalid: whole, but no chart of ours
 * - newer: of a version that this page does not know
 * - old-browser: deflated, and the browser cannot inflate
 * - too-large: does not fit into a link
 * - not-loaded: the page could not fetch what reads links
 * @typedef {"incomplete" | "invalid" | "newer" | "old-browser" | "too-large" | "not-loaded"} LinkErrorCode
 */

export class LinkError extends Error {
  /** @param {LinkErrorCode} code @param {string} message */
  constructor(code, message) {
    super(message);
    this.name = "LinkError";
    this.code = code;
  }
}
