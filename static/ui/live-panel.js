/** The part of the page that listens: its buttons, and while it does so the level, the time and the way to stop. */

import { availableSources } from "../live/capture.js";
import { canRecord } from "../live/recorder.js";
import * as say from "../messages.js";
import { isSupported } from "../supported.js";
import { element } from "./page.js";

/** @typedef {import("../live/capture.js").Source} Source */

/** Below this the network hears silence, and so does everyone else. */
const FLOOR_DB = -60;
/** A pause between two songs is no reason to ask whether the microphone is on. */
const SILENCE_MS = 5000;
/** What a screen reader is told of the level, at most so often. */
const TOLD_LEVEL_MS = 1000;

/** @param {number} power mean square @returns {number} dB below full scale, down to FLOOR_DB */
const decibels = (power) => Math.max(FLOOR_DB, 10 * Math.log10(power + 1e-12));

/** The browser asks before it leaves the page. @param {Event} event */
const askFirst = (event) => event.preventDefault();

export class LivePanel {
  /** @param {{onListen: (source: Source) => void, onStop: () => void}} listener */
  constructor({ onListen, onStop }) {
    this._choice = element("#listen");
    this._live = element("#live");
    this._status = element("#live-status");
    this._time = element("#live-time");
    this._level = element("#live-level");
    this._note = element("#live-note");
    this._stop = /** @type {HTMLButtonElement} */ (element("#live-stop"));
    this._keep = /** @type {HTMLInputElement} */ (element("#keep-sound"));
    this._download = /** @type {HTMLAnchorElement} */ (element("#live-download"));
    /** @type {Source} */
    this._source = "microphone";
    this._is_listening = false;
    this._started_ms = 0;
    this._heard_ms = 0; // when there was sound last
    this._told_ms = 0;
    this._is_silent = false; // and it is said
    this._stop.addEventListener("click", () => {
      this._stop.disabled = true;
      onStop();
    });
    this._offer(onListen);
  }

  /** Whether the sound is to be recorded. */
  get keeps_sound() {
    return this._keep.checked;
  }

  /** The browser is asking the visitor. @param {Source} source */
  ask(source) {
    this._source = source;
    this._live.hidden = false;
    this._choice.hidden = true;
    this._stop.hidden = true;
    this._status.textContent = say.ASKING[source];
    this._time.textContent = "";
  }

  /** Sound is on its way. @param {Source} source */
  listen(source) {
    this._is_listening = true;
    this._started_ms = performance.now();
    this._heard_ms = this._started_ms;
    this._is_silent = false;
    this._status.textContent = say.LISTENING_TO[source];
    this._stop.hidden = false;
    this._stop.disabled = false;
    this._stop.focus();
    addEventListener("beforeunload", askFirst); // an hour of listening would be gone
  }

  /** @param {number} power mean square of the newest sound */
  setLevel(power) {
    if (!this._is_listening) return;
    const now_ms = performance.now();
    const level_db = decibels(power);
    if (level_db > FLOOR_DB) this._heard_ms = now_ms;
    this._level.style.setProperty("--level", String(1 - level_db / FLOOR_DB));
    this._time.textContent = say.clock((now_ms - this._started_ms) / 1000);
    this._tellSilence(now_ms - this._heard_ms > SILENCE_MS);
    if (now_ms - this._told_ms < TOLD_LEVEL_MS) return;
    this._told_ms = now_ms;
    this._level.setAttribute("aria-valuenow", String(Math.round(level_db)));
  }

  /** What is told of an earlier session stays till there is something to say of this one. @param {boolean} is_silent */
  _tellSilence(is_silent) {
    if (is_silent === this._is_silent) return;
    this._is_silent = is_silent;
    this.tell(is_silent ? say.SILENCE[this._source] : "");
  }

  /** Nothing is being heard any more, and nothing that was heard is at hand. */
  close() {
    const had_focus = this._live.contains(document.activeElement);
    this._is_listening = false;
    removeEventListener("beforeunload", askFirst);
    this._live.hidden = true;
    this._choice.hidden = !isSupported();
    this.tell("");
    URL.revokeObjectURL(this._download.href);
    this._download.hidden = true;
    if (had_focus) element(`#listen-${this._source}`).focus();
  }

  /** @param {File | null} recording of the session on the page; until something else is chosen */
  offerSound(recording) {
    if (!recording) return;
    this._download.href = URL.createObjectURL(recording);
    this._download.download = recording.name;
    this._download.textContent = say.saveSound(recording.size);
    this._download.hidden = false;
  }

  /** A live region: the same words are not said twice. @param {string} words what became of the session */
  tell(words) {
    if (this._note.textContent !== words) this._note.textContent = words;
  }

  /** @param {(source: Source) => void} onListen */
  _offer(onListen) {
    const sources = availableSources();
    for (const source of /** @type {Source[]} */ (["microphone", "tab"])) {
      const button = element(`#listen-${source}`);
      button.hidden = !sources.includes(source);
      button.addEventListener("click", () => onListen(source));
    }
    element("#keep-sound-label").hidden = sources.length === 0 || !canRecord();
    element("#listen-note").textContent = say.listenNote(sources, isSecureContext);
    this._choice.hidden = !isSupported();
  }
}
