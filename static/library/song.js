/** One song of this visit, or what was listened to live: its file, never its bytes, and what is known of it. */

import * as say from "../messages.js";
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
 * Live sound that is over: nobody can hear it again.
 * @typedef {object} Session
 * @property {string} id
 * @property {import("../live/capture.js").Source} source
 * @property {number} started_ms since 1970
 * @property {File | null} recording of this visit, where it was asked for
 *
 * What the analyser has told so far.
 * @typedef {{fraction: number, decoded_s: number, rows: number[][], unsure: boolean[]}} SoFar
 */

export class Song {
  /** @param {File | Session} source @param {number} number how many songs came before it in this visit, and itself */
  constructor(source, number) {
    const is_file = source instanceof File;
    this.file = is_file ? source : null;
    this.session = is_file ? null : source;
    this.number = number;
    this.title = is_file ? titleOf(source.name) : say.liveTitle(source.source, new Date(source.started_ms));
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

  /** What it is called in a table of files. */
  get name() {
    return this.file?.name ?? this.title;
  }

  /** @returns {Blob | null} what it is played from */
  get media() {
    return this.file ?? this.session?.recording ?? null;
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
    this.know(pack(analysis));
  }

  /** @param {import("./packed.js").Packed} packed what was heard in it, now or earlier */
  know(packed) {
    this.state = "done";
    this.so_far = null;
    this.error = null;
    this.packed = packed;
    this.miniature = miniatureOf(packed);
  }

  /** @param {SongError} error */
  fail(error) {
    this.state = "failed";
    this.so_far = null;
    this.sound = null;
    this.error = error;
  }
}
