/** How often a network is right, as its contract tells it. */

/**
 * Of songs that were kept from the training; or of those that it was taught by in a browser, each judged by a layer
 * that it did not teach.
 * @param {any} training the contract's
 * @returns {import("../messages/how.js").Figure | null} null where it says nothing of that kind
 */
export function figureOf(training) {
  const { validation, left_out } = training ?? {};
  if (validation?.clip_accuracy_ci95) {
    const { clip_accuracy: share, clip_accuracy_ci95: [low, high], n_clips: n_songs } = validation;
    return { share, low, high, n_songs, chose: true };
  }
  if (!left_out?.interval_95) return null;
  const { accuracy: share, interval_95: [low, high], songs: n_songs } = left_out;
  return { share, low, high, n_songs, chose: false };
}
