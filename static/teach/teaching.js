/** The fit of what is taught: made anew when its songs are others, and only then, for names are no part of it. */

/**
 * @typedef {import("./course.js").CourseGenre} CourseGenre
 * @typedef {import("./teach-worker.js").Fitted & {songs: string}} Fit songs: those that it was fitted on, see songsOf
 *
 * @typedef {object} Watcher
 * @property {(fraction: number) => void} onProgress
 * @property {() => void} onFit
 * @property {(error: unknown) => void} onFail
 */

/** More songs come, or are taken out, when anything changes sooner. */
const CALM_MS = 300;
/** To be raised when the same songs are fitted otherwise: fits of earlier visits are kept. */
const FITTED_AS = 1;

/** @param {CourseGenre[]} genres whose songs are all known @returns {string} the same where a fit is the same */
const songsOf = (genres) => JSON.stringify([FITTED_AS, genres.map(({ songs }) => songs.map(({ hash }) => hash))]);

export class Teaching {
  /** @param {import("./tutor.js").Tutor} tutor @param {Watcher} watcher */
  constructor(tutor, watcher) {
    this._tutor = tutor;
    this._watcher = watcher;
    /** @type {Fit | null} the newest */
    this._fit = null;
    this._songs = ""; // that are being fitted
    this._fitting = new AbortController();
  }

  /** @param {Fit} fit of an earlier visit, or of another tab */
  take(fit) {
    this._fit = fit;
  }

  /** @param {CourseGenre[]} genres @returns {Fit | null} */
  fitOf(genres) {
    return this._fit?.songs === songsOf(genres) ? this._fit : null;
  }

  /**
   * Begins anew with other songs; what was fitted before them is wanted no more.
   * @param {CourseGenre[] | null} genres null: they are not whole
   * @param {number} [calm_ms] it begins after that
   */
  async follow(genres, calm_ms = CALM_MS) {
    const songs = genres && !this.fitOf(genres) ? songsOf(genres) : "";
    if (songs === this._songs) return;
    this._fitting.abort(new DOMException("the songs have changed", "AbortError"));
    this._songs = songs;
    if (!genres || songs === "") return;
    this._fitting = new AbortController();
    const { signal } = this._fitting;
    this._watcher.onProgress(0);
    await new Promise((resolve) => setTimeout(resolve, calm_ms));
    if (signal.aborted) return;
    try {
      const embeddings = genres.map((genre) =>
        genre.songs.map(({ embedding }) => /** @type {import("./course.js").Embedding} */ (embedding)),
      );
      this._fit = { songs, ...(await this._tutor.fit(embeddings, this._watcher.onProgress, signal)) };
      this._songs = "";
      this._watcher.onFit();
    } catch (error) {
      if (signal.aborted) return;
      this._songs = ""; // the next change is a new try
      this._watcher.onFail(error);
    }
  }
}
