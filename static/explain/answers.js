/** A worker's end of the page's questions: answered one after another. See protocol.js. */

import { SongError } from "../engine/song-error.js";
import * as protocol from "./protocol.js";

/** @typedef {import("./sound-around.js").Browser} Browser */

/** What the page sends while it decodes for a question. */
const DECODED = new Set([protocol.PCM_READY, protocol.PCM, protocol.NOT_DECODED]);

export class Answers {
  /** @param {(question: any, browser: Browser) => Promise<object>} find rejects with a SongError, or anything else */
  constructor(find) {
    this._find = find;
    /** The last question, so far: the next one waits for it. */
    this._work = Promise.resolve();
    /** @type {Map<number, (message: any) => void>} who waits for the page's part of the decoding, by question */
    this._waiting = new Map();
  }

  /** @param {any} message of the page, any but the first */
  take(message) {
    if (DECODED.has(message.kind)) this._waiting.get(message.id)?.(message);
    else this._work = this._work.then(() => this._answer(message));
  }

  /** @param {any} question */
  async _answer(question) {
    const { id } = question;
    try {
      self.postMessage({ kind: protocol.ANSWER, id, answer: await this._find(question, this._browserFor(id)) });
    } catch (error) {
      self.postMessage({ kind: protocol.REFUSAL, id, ...SongError.from(error).toMessage() });
    }
  }

  /** @param {number} id of the question @returns {Browser} */
  _browserFor(id) {
    return {
      decode: (route) => this._ask(id, { kind: protocol.NEEDS_BROWSER, ...route }),
      stretch: async (first_sample, end_sample) =>
        (await this._ask(id, { kind: protocol.PCM_WANTED, first_sample, end_sample })).channels,
    };
  }

  /**
   * @param {number} id @param {object} message
   * @returns {Promise<any>} the page's answer
   * @throws {SongError} of what the page could not decode
   */
  async _ask(id, message) {
    self.postMessage({ ...message, id });
    const answer = await new Promise((resolve) => this._waiting.set(id, resolve));
    this._waiting.delete(id); // which would keep the samples
    if (answer.kind === protocol.NOT_DECODED) throw new SongError(answer.code, answer.details);
    return answer;
  }
}
