/** How many workers share a song's work. */

const MOST = 4; // more gain little for a song, and each holds a network of its own

/**
 * How many of them run the network on this computer's cores: a core less than there are, for the page itself; but two,
 * because one decodes while the other runs the network.
 */
export const poolSize = () => Math.min(MOST, Math.max(2, (navigator.hardwareConcurrency || 2) - 1));

/**
 * Workers that only decode. With a GPU, which is kept by one worker that does nothing else, it is all the others; else
 * one: a worker that reads, or waits for its next task, leaves its core to it.
 * @param {boolean} has_gpu
 */
export const nDecoders = (has_gpu) => (has_gpu ? poolSize() : 1);
