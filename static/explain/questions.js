/**
 * The page's end of a worker that answers questions, one after another, about a song's sound or a network. It starts
 * with the first question; what only the page can decode, it decodes for it. See protocol.js.
 */

import { decodeWhole, stretch } from "../decode/browser-decoder.js";
import { SongError } from "../engine/song-error.js";
import { WorkerBridge } from "../engine/worker-bridge.js";
import * as protocol from "./protocol.js";

/**
 * @typedef {import("../engine/worker-bridge.js").Message} Message
 *
 * @typedef {object} Question without an answer yet
 * @property {(answer: any) => void} resolve
 * @property {(error: Error) => void} reject
 * @property {Blob | null} file
 * @property {Promise<AudioBuffer> | null} decoded where the browser decodes the file
 */

export class Questions {
  /**
   * @param {() => Worker} createWorker
   * @param {object} prepared what the worker needs to know before the first question
   */
  constructor(createWorker, prepared) {
    this._prepared = prepared;
    /** @type {Map<number, Question>} */
    this._waiting = new Map();
    this._n_asked = 0;
    this._worker = new WorkerBridge(
      createWorker,
      (message) => this._hear(message),
      (reason) => this._rejectAll(new SongError("worker-crashed", { reason })),
    );
  }

  /** Starts the worker, if it is not running: it loads while the visitor still looks for a second. */
  warmUp() {
    if (!this._worker.is_running) this._worker.post({ kind: protocol.INIT, ...this._prepared });
  }

  /**
   * @param {Message} question
   * @param {Blob | null} [file] that it is about, if the worker may have to have it decoded
   * @returns {Promise<any>} rejects with a SongError, or an AbortError after `end`
   */
  ask(question, file = null) {
    this.warmUp();
    this._n_asked += 1;
    const id = this._n_asked;
    return new Promise((resolve, reject) => {
      this._waiting.set(id, { resolve, reject, file, decoded: null });
      this._worker.post({ ...question, id });
    });
  }

  /** Ends the worker, with all that it holds. The next question starts another one. */
  end() {
    this._worker.end();
    this._rejectAll(new DOMException("no answer is wanted any more", "AbortError"));
  }

  /** @param {Message} message */
  _hear(message) {
    const { id } = message;
    const question = this._waiting.get(id);
    if (!question) return;
    if (message.kind === protocol.ANSWER) this._close(id)?.resolve(message.answer);
    if (message.kind === protocol.REFUSAL) this._close(id)?.reject(new SongError(message.code, message.details));
    if (message.kind === protocol.NEEDS_BROWSER) this._help(id, this._decode(question, message));
    if (message.kind === protocol.PCM_WANTED) this._help(id, this._cutOut(question, message));
  }

  /** @param {number} id @returns {Question | undefined} it is answered */
  _close(id) {
    const question = this._waiting.get(id);
    this._waiting.delete(id);
    return question;
  }

  /** @param {Error} error */
  _rejectAll(error) {
    for (const id of [...this._waiting.keys()]) this._close(id)?.reject(error);
  }

  /** @param {number} id @param {Promise<Message>} helping with a question that the worker is at */
  async _help(id, helping) {
    /** @param {unknown} error @returns {Message} */
    const inWords = (error) => ({ kind: protocol.NOT_DECODED, ...SongError.from(error).toMessage() });
    const message = await helping.catch(inWords);
    if (!this._waiting.has(id)) return;
    const channels = /** @type {Float32Array[]} */ (message.channels ?? []);
    this._worker.post({ ...message, id }, channels.map(({ buffer }) => buffer));
  }

  /** @param {Question} question @param {Message} message @returns {Promise<Message>} */
  async _decode(question, { container, sample_rate_hz }) {
    question.decoded ??= decodeWhole(/** @type {Blob} */ (question.file), container, sample_rate_hz);
    const { sampleRate, length: n_samples } = await question.decoded;
    return { kind: protocol.PCM_READY, sample_rate_hz: sampleRate, n_samples };
  }

  /** @param {Question} question @param {Message} message @returns {Promise<Message>} */
  async _cutOut({ decoded }, { first_sample, end_sample }) {
    const whole = /** @type {AudioBuffer} */ (await decoded);
    return { kind: protocol.PCM, channels: stretch(whole, first_sample, end_sample) };
  }
}
