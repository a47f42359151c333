/** Songs that the network can hardly tell apart: mostly the same recording twice. Pure. */

/**
 * Cosine of two songs' embeddings. The same recording as MP3 at 64 kb/s, or as Opus at 48, is at 0.9991 or more; of any
 * two of GTZAN's clips that were tried, two of classical music, at 0.993 at most.
 */
const ALIKE = 0.999;

/**
 * @param {Float32Array[]} songs their embeddings
 * @returns {[number, number][]} pairs of them
 */
export function twinsAmong(songs) {
  const lengths = songs.map((song) => Math.sqrt(product(song, song)));
  /** @type {[number, number][]} */
  const twins = [];
  songs.forEach((song, i) => {
    for (let j = 0; j < i; j += 1) if (product(song, songs[j]) > ALIKE * lengths[i] * lengths[j]) twins.push([j, i]);
  });
  return twins;
}

/** @param {Float32Array} a @param {Float32Array} b */
function product(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += a[i] * b[i];
  return sum;
}
