/** Songs that the system opens with the page once it is installed: the manifest's `file_handlers`. */

/**
 * @typedef {{getFile(): Promise<File>}} FileHandle
 * @typedef {{setConsumer(consumer: (launch: {files: readonly FileHandle[]}) => void): void}} LaunchQueue
 */

/** @param {(file: File) => void} onFile one at a time, as files are dropped */
export function acceptLaunches(onFile) {
  const queue = /** @type {{launchQueue?: LaunchQueue}} */ (/** @type {unknown} */ (globalThis)).launchQueue;
  queue?.setConsumer(async ({ files }) => {
    if (files.length > 0) onFile(await files[0].getFile());
  });
}
