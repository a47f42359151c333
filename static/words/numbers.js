/** Numbers as people write them. */

/**
 * Seconds as people write them: 1:05, 1:02:05.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const pad = (/** @type {number} */ n) => String(n).padStart(2, "0");
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}

/**
 * The space is a narrow one that does not break.
 * @param {number} share 0 to 1
 */
export const percent = (share) => `${Math.round(share * 100)}\u202f%`;

/** A number as people write it. @param {number} n */
export const count = (n) => n.toLocaleString("en");

/** @param {number} n @param {string} one @param {string} [many] */
export const counted = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

/** @param {number} n_bytes */
export const megabytes = (n_bytes) => `${(n_bytes / 1e6).toFixed(n_bytes < 1e7 ? 1 : 0)} MB`;
