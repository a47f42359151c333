/** One song of this visit: its file, never its bytes, and what is known of it. */

import { titleOf } from "../title.js";
import { miniatureOf } from "./miniature.js";
import { pack } from "./packed.js";

/**
 * @typedef {import("../engine/analyser.js").Analysis} Analysis
 * @typedef {import("../engine/song-error.js").SongError} SongError
 * @typedef {"waiting" | "listening" | "done" | "failed"} SongState
 *
 * @typedef {import("../signal/sound-frames.js").SoundFrames} SoundFrames
 *
 * What the analyser has told so far.
 * @typedef {{fraction: number, decoded_s: number, rows: number[][], unsure: boolean[]}} SoFar
 */

export class Song {
  /** @param {File} file @param {number} number how many songs came before it in this visit, and itself */
  constructor(file, number) {
    this.file = file;
    this.number = number;
    this.title = titleOf(file.name);
    /** @type {SongState} */
    this.state = "waiting";
    /** @type {SoFar | null} while listening */
    this.so_far = null;
    /** @type {import("./packed.js").Packed | null} once it is done */
    this.packed = null;
    /** @type {import("./miniature.js").Miniature | null} once it is done */
    this.miniature = null;
    /** @type {SoundFrames | null} the picture of its sound, as far as it was heard, while it is remembered */
    this.sound = null;
    /** @type {SongError | null} why it failed */
    this.error = null;
  }

  get verdict() {
    return this.packed?.verdict ?? null;
  }

  /** The song is to be heard, or heard again: what came of it before does not count. */
  wait() {
    this.state = "waiting";
    this.so_far = null;
    this.packed = null;
    this.miniature = null;
    this.sound = null;
    this.error = null;
  }

  listen() {
    this.state = "listening";
    this.so_far = { fraction: 0, decoded_s: 0, rows: [], unsure: [] };
  }

  /** @param {Analysis} analysis */
  finish(analysis) {
    this.state = "done";
    this.so_far = null;
    this.error = null;
    this.packed = pack(analysis);
    this.miniature = miniatureOf(this.packed);
  }

  /** @param {SongError} error */
  fail(error) {
    this.state = "failed";
    this.so_far = null;
    this.sound = null;
    this.error = error;
  }
}
