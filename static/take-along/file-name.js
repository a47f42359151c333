/** What a download is called: after its song, as every file system allows it. */

import { FILE_NAME_END, NAMELESS } from "../messages.js";
import { plainText } from "./plain-text.js";

/** File systems allow names of 255 bytes; browsers add " (1)". */
const MAX_TITLE_BYTES = 150;
const MAX_TITLE_LENGTH = 120;

/** Windows refuses these, and the control characters that `plainText` takes away. */
const FORBIDDEN = /[<>:"/\\|?*]+/g;
/** It also keeps these names for devices, whatever ending they have. */
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?=$|[. ])/i;

/** @param {string} text @param {number} max_bytes as UTF-8 @returns {string} no character is cut in two */
function cutBytes(text, max_bytes) {
  let n_bytes = 0;
  let cut = "";
  for (const character of text) {
    n_bytes += new TextEncoder().encode(character).length;
    if (n_bytes > max_bytes) break;
    cut += character;
  }
  return cut;
}

/**
 * @param {string} title
 * @param {string} ending without its dot
 * @returns {string} such as "A song - genres.csv"
 */
export function downloadName(title, ending) {
  const plain = plainText(title.normalize("NFC"), MAX_TITLE_LENGTH).replace(FORBIDDEN, "-");
  // A dot in front hides a file; Windows drops dots and spaces at the end.
  const safe = cutBytes(plain, MAX_TITLE_BYTES).replace(/^[\s.~]+|[\s.]+$/g, "");
  return `${safe.replace(DEVICE, "_$1") || NAMELESS}${FILE_NAME_END}.${ending}`;
}
