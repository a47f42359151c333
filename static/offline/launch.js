/** Songs that the system opens with the page once it is installed: the manifest's `file_handlers`. */

/**
 * @typedef {{getFile(): Promise<File>}} FileHandle
 * @typedef {{setConsumer(consumer: (launch: {files: readonly FileHandle[]}) => void): void}} LaunchQueue
 */

/** @param {(found: import("../library/files.js").Found[]) => void} onFiles as files are dropped */
export function acceptLaunches(onFiles) {
  const queue = /** @type {{launchQueue?: LaunchQueue}} */ (/** @type {unknown} */ (globalThis)).launchQueue;
  queue?.setConsumer(async ({ files }) => {
    const opened = await Promise.allSettled(files.map((handle) => handle.getFile()));
    // What was moved meanwhile does not keep the others away.
    const there = opened.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
    if (there.length > 0) onFiles(there.map((file) => ({ file, path: file.name })));
  });
}
