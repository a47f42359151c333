/** How many workers share a song's work, the one that keeps a GPU busy not counted. */

const MOST = 4; // more gain little for a song, and each holds a network of its own
/** On two cores, too: one that reads, or waits for its next task, leaves its core to another. Gains a tenth there. */
const LEAST = 3;

const nCores = () => navigator.hardwareConcurrency || 2;

/** A core less than there are, for the page itself. */
export const poolSize = () => Math.min(MOST, Math.max(LEAST, nCores() - 1));

/** How many of them can compute at the same time. */
export const nAtOnce = () => Math.min(poolSize(), nCores());
