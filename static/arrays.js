/** Arrays of numbers, end to end. */

/** @param {Float32Array[]} parts @returns {Float32Array} */
export function joined(parts) {
  if (parts.length === 1) return parts[0];
  const whole = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
