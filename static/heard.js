/** The genres that are heard in a row, where several can be at once. Pure. */

/**
 * @param {number[]} row probabilities, one a genre
 * @param {number[]} thresholds from which on each is heard
 * @returns {number[]} genres, likeliest first
 */
export const heardIn = (row, thresholds) =>
  row.flatMap((share, genre) => (share >= thresholds[genre] ? [genre] : [])).sort((a, b) => row[b] - row[a]);
