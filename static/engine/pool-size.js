/** How many workers share a song's work, the one that keeps a GPU busy not counted. */

const MOST = 4; // more gain little for a song, and each holds a network of its own

/** A core less than there are, for the page itself; but two, because one decodes while the other runs the network. */
export const poolSize = () => Math.min(MOST, Math.max(2, (navigator.hardwareConcurrency || 2) - 1));
