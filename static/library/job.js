/** A song that is being heard: what of it is known, and whether it is on the page. */

/**
 * @typedef {import("./roles.js").Contract} Contract
 * @typedef {import("./roles.js").Stage} Stage
 * @typedef {import("./song.js").SoFar} SoFar
 */

export class Job {
  /** @param {import("./song.js").Song} song */
  constructor(song) {
    this.song = song;
    this.started_ms = performance.now();
    this.is_over = false; // it was ended before its end
    this.is_shown = false;
    /** @type {Contract | null} of the network that hears it, once that is there */
    this.contract = null;
  }

  /** @param {Partial<SoFar>} news @param {Stage | null} stage null while another song is looked at */
  take(news, stage) {
    const so_far = Object.assign(/** @type {SoFar} */ (this.song.so_far), news);
    if (!stage) return;
    if (!this.is_shown) this.catchUp(stage);
    else if (news.rows) stage.setRows(so_far.rows, so_far.unsure);
    else stage.setProgress(so_far.fraction, so_far.decoded_s);
  }

  /** Shows what was heard already. @param {Stage} stage */
  catchUp(stage) {
    const { contract, song } = this;
    const { fraction, decoded_s, rows, unsure } = /** @type {SoFar} */ (song.so_far);
    this.is_shown = contract !== null && (fraction > 0 || rows.length > 0);
    if (!contract || !this.is_shown) return;
    stage.show(song, contract);
    if (fraction > 0) stage.setProgress(fraction, decoded_s);
    if (rows.length > 0) stage.setRows(rows, unsure);
    if (song.sound) stage.setSound(song.sound);
  }
}
