/**
 * What the page cannot hear itself its server may: asks the visitor, and only after a yes does the song leave this
 * device. One song at a time; the next one, or a no, ends what is being asked or sent.
 */

import * as say from "../messages.js";
import { element } from "../ui/page.js";
import { ServerError } from "./server-error.js";
import { hearerAddress, sendSong, takesSongs } from "./upload.js";

/**
 * @typedef {object} Listener
 * @property {() => void} onSending the visitor said yes
 * @property {(file: File, analysis: import("../engine/analyser.js").Analysis) => void} onAnalysis
 * @property {() => void} onEnd nothing is sent any more, and there is no analysis
 * @property {() => boolean} hearsOtherwise whether the visitor's own network was to listen, which the server lacks
 */

/** Errors of this browser's with songs that the server may hear all the same: it has ffmpeg and the network. */
export const OFFERED_TO_SERVER = new Set([
  ...["unsupported", "broken-audio", "no-memory", "no-model", "worker-crashed", "unsupported-browser"],
]);

/** @typedef {"nothing" | "asking" | "sending" | "failed"} Stage */

/** @type {Record<Stage, string[]>} what can be seen and pressed */
const SHOWN = {
  nothing: [],
  asking: ["#fallback-yes", "#fallback-no"],
  sending: ["#fallback-sending", "#fallback-cancel"],
  failed: ["#fallback-yes", "#fallback-no"],
};
const PARTS = ["#fallback-yes", "#fallback-no", "#fallback-sending", "#fallback-cancel"];

/** What the page promises on top of it has to stay true where a song may leave. */
const sayThatItAsks = () => {
  element('[data-say="page_tagline"]').textContent = say.LEAVES_AFTER_A_YES;
};

export class ServerOffer {
  /** @param {Listener} listener */
  constructor(listener) {
    this._listener = listener;
    this._words = element("#fallback-words");
    this._alert = element("#fallback-alert");
    this._progress = /** @type {HTMLProgressElement} */ (element("#fallback-progress"));
    /** @type {File | null} what is being asked about */
    this._file = null;
    this._was_asked = false; // whether the visitor has seen what would be sent where
    this._hearer = hearerAddress();
    /** @type {boolean | null} whether the server takes songs; null: not known yet */
    this._takes_songs = null;
    this._sending = new AbortController();
    element("#fallback-yes").addEventListener("click", () => this._agree());
    element("#fallback-no").addEventListener("click", () => this._decline());
    element("#fallback-cancel").addEventListener("click", () => this._cancel());
  }

  /** Says, before there is a song, that there is a way to hear one. */
  async invite() {
    if (!this._hearer) this._words.textContent = say.NO_SERVER;
    if (!(await this._isPossible().catch(() => false)) || this._file) return;
    this._words.textContent = say.SERVER_INVITES;
    sayThatItAsks();
  }

  /**
   * Asks whether a song may be sent, where there is a server to send it to.
   * @param {File} file
   */
  async ask(file) {
    this.close();
    if (!this._hearer) return this._show("nothing", say.NO_SERVER);
    this._file = file;
    try {
      const is_possible = await this._isPossible();
      if (this._file !== file || !is_possible) return;
      this._ask(file);
    } catch (error) {
      if (this._file === file) this._fail(error);
    }
  }

  /** What is being asked or sent is over: another song comes. */
  close() {
    this._file = null;
    this._was_asked = false;
    this._sending.abort();
    this._alert.textContent = "";
    this._show("nothing", "");
  }

  /** @returns {Promise<boolean>} asked of the server once; while it cannot be reached, each time */
  async _isPossible() {
    if (!this._hearer) return false;
    this._takes_songs ??= await takesSongs(this._hearer);
    return this._takes_songs;
  }

  /** @param {File} file */
  _ask(file) {
    this._was_asked = true;
    sayThatItAsks();
    this._show("asking", this._question(file));
    element("#fallback-yes").textContent = say.SEND;
  }

  /** @param {File} file */
  _question({ name, size }) {
    const { origin, host, protocol } = /** @type {URL} */ (this._hearer);
    const is_own = origin === location.origin;
    const is_private = is_own ? isSecureContext : protocol === "https:";
    const sentences = [say.serverQuestion(name, size, is_own ? host : origin, is_own)];
    if (this._listener.hearsOtherwise()) sentences.push(say.SERVER_HAS_ITS_OWN_MODEL);
    if (!is_private) sentences.push(say.NOT_ENCRYPTED);
    return sentences.join(" ");
  }

  async _agree() {
    const file = this._file;
    if (!file || !this._hearer) return;
    if (!this._was_asked) return this.ask(file); // the server could not be reached before
    const sending = new AbortController();
    this._sending = sending;
    this._begin();
    try {
      const onProgress = (/** @type {number} */ fraction) => this._showProgress(fraction);
      const analysis = await sendSong(file, this._hearer, { onProgress, signal: sending.signal });
      this._finish(file, analysis);
    } catch (error) {
      if (!sending.signal.aborted) this._fail(error);
    }
  }

  _begin() {
    this._alert.textContent = "";
    this._show("sending", say.SENDING);
    this._showProgress(0);
    element("#fallback-cancel").focus();
    this._listener.onSending();
  }

  /** @param {number} fraction 1: all is sent */
  _showProgress(fraction) {
    if (fraction < 1) this._progress.value = fraction;
    else this._progress.removeAttribute("value"); // how long it listens nobody knows
    element("#fallback-share").textContent = fraction < 1 ? say.percent(fraction) : "";
    const words = fraction < 1 ? say.SENDING : say.SERVER_LISTENS;
    if (this._words.textContent !== words) this._words.textContent = words; // read out once each
  }

  /** @param {File} file @param {import("../engine/analyser.js").Analysis} analysis */
  _finish(file, analysis) {
    const had_focus = element("#fallback").contains(document.activeElement);
    this.close();
    this._listener.onAnalysis(file, analysis);
    if (had_focus) element("#plot").focus();
  }

  /** @param {unknown} error */
  _fail(error) {
    const told = error instanceof ServerError ? error : new ServerError("odd_answer", { detail: String(error) });
    this._alert.textContent = say.serverErrorInWords(told);
    this._show(told.is_passing ? "failed" : "nothing", "");
    element("#fallback-yes").textContent = say.TRY_AGAIN;
    if (told.is_passing && document.activeElement === document.body) element("#fallback-yes").focus();
    this._listener.onEnd();
  }

  _cancel() {
    const file = this._file;
    this._sending.abort();
    this._listener.onEnd();
    if (file) this._ask(file);
    element("#fallback-yes").focus();
  }

  _decline() {
    this.close();
    element("#file").focus(); // the button that had it is gone
  }

  /** @param {Stage} stage @param {string} words */
  _show(stage, words) {
    this._words.textContent = words;
    for (const part of PARTS) element(part).hidden = !SHOWN[stage].includes(part);
  }
}
