/** Text of strangers (file names, links) without what would mislead a reader or break a file that it stands in. */

/** Control characters, halves of characters, and what reverses the direction of the text around it. */
const UNWANTED = /\s*[\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]+\s*/gu;

/**
 * @param {string} text
 * @param {number} max_length in UTF-16 units
 * @returns {string} on one line, well-formed, cut with an ellipsis where it is longer
 */
export function plainText(text, max_length) {
  const plain = text.replace(UNWANTED, " ").trim();
  if (plain.length <= max_length) return plain;
  return `${plain.slice(0, max_length - 1).replace(/\p{Cs}$/u, "").trimEnd()}…`;
}
