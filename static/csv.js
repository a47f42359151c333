/** Lines of CSV files (RFC 4180) that spreadsheets take as text and numbers, and as nothing else. */

/** Spreadsheets run what begins like this as a formula (OWASP, "CSV injection"); after an apostrophe it is text. */
const FORMULA = /^[=+\-@\t\r]/;

/** @param {string} text somebody else's */
const guarded = (text) => (FORMULA.test(text) ? `'${text}` : text);

/** @param {string} field */
const quoted = (field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);

/** Several genres in one field. @param {string[]} genres */
export const namesInOne = (genres) => genres.join("; ");

/** @param {(string | number | boolean)[]} fields texts are guarded, numbers are not */
export const csvLine = (fields) =>
  `${fields.map((field) => quoted(typeof field === "string" ? guarded(field) : String(field))).join(",")}\r\n`;
