/** What browsers call the errors of reading a file that has changed, or is gone. */
const UNREADABLE = new Set(["NotReadableError", "NotFoundError"]);

/**
 * What can go wrong with a song, told apart by code; `messages.js` has the sentence for each.
 *
 * - empty-file       no bytes
 * - unreadable-file  changed, moved or deleted after it was chosen, or its disk is gone
 * - not-audio        something else: a picture, a web page, noise
 * - unsupported      audio in a format that this browser cannot decode
 * - broken-audio     a known format, but too damaged or cut off to give any sound
 * - too-short        less than the network needs
 * - no-memory        too long to be decoded whole, for formats that cannot be streamed
 * - worker-crashed   our own program failed
 * - no-model         the network could not be loaded
 * - unsupported-browser  this browser lacks what the page cannot do without
 * - no-sample        our own sample song could not be loaded
 * - unexplainable    the network has an operation that explain/ cannot trace back
 * - microphone-refused, no-microphone, microphone-busy, sharing-refused, no-shared-sound, no-sound-system,
 *   cannot-listen    live sound: see live/capture.js
 *
 * taught-twice, of a song that is to be taught as two genres, has its sentence there: see teach/course.js.
 */
export class SongError extends Error {
  /**
   * @param {string} code
   * @param {Record<string, string | number>} [details] what the sentence for the listener is made with
   */
  constructor(code, details = {}) {
    super(`${code} ${JSON.stringify(details)}`);
    this.name = "SongError";
    this.code = code;
    this.details = details;
  }

  /** Errors lose their class on the way out of a worker: this is what travels instead. */
  toMessage() {
    return { code: this.code, details: this.details };
  }

  /** @param {unknown} error @returns {SongError} itself, or what anything unforeseen counts as */
  static from(error) {
    if (error instanceof SongError) return error;
    if (error instanceof DOMException && UNREADABLE.has(error.name)) return new SongError("unreadable-file");
    return new SongError("worker-crashed", { reason: String(error) });
  }
}
