/** The page's live part: from the click on "listen" to a chart that is kept, or to a sentence that says why not. */

import { SongError } from "../engine/song-error.js";
import * as say from "../messages.js";
import { LivePanel } from "../ui/live-panel.js";
import { askFor, close } from "./capture.js";
import { endingOf } from "./recorder.js";
import { LiveSession } from "./session.js";

/**
 * @typedef {import("./capture.js").Source} Source
 * @typedef {import("./session.js").Model} Model
 * @typedef {import("./session.js").Heard} Heard
 * @typedef {Heard["sound"]} Sound
 * @typedef {import("../library/song.js").Session} Session
 *
 * @typedef {object} Page what the rest of the page does for it
 * @property {() => () => boolean} choose makes room for another song; gives whether it is still the one chosen last
 * @property {() => Promise<Model>} getModel
 * @property {() => void} begin sound is on its way
 * @property {(title: string, contract: import("../contract.js").Contract) => () => boolean} show an empty chart; gives
 *     whether it is still the one on the page
 * @property {(rows: number[][], unsure: boolean[]) => void} setRows
 * @property {(sound: Sound) => void} setSound of the chart that is shown
 * @property {(heard: import("../library/sessions.js").HeardLive, how: Ending) => void} finish
 * @property {(error: unknown, name: string) => void} fail
 *
 * @typedef {object} Ending
 * @property {Model} model that has heard it
 * @property {boolean} is_chosen nothing else was chosen since
 * @property {boolean} is_on_page its chart is
 */

/** A session that was too short to be one is no business of whoever has gone on. */
const NOTHING_LOST = new Set(["too-short", "cut-off"]);

export class Listening {
  /** @param {Page} page */
  constructor(page) {
    this._page = page;
    /** @type {LiveSession | null} that the visitor knows of */
    this._session = null;
    this._panel = new LivePanel({ onListen: (source) => this._listen(source), onStop: () => this._session?.stop() });
  }

  /** Something else was chosen: the session ends, if there is one, and what it has heard is told in its time. */
  leave() {
    this._session?.stop();
    this._session = null;
    this._panel.close();
  }

  /** @param {File | null} recording of a session that is looked at */
  offerSound(recording) {
    this._panel.offerSound(recording);
  }

  /** @param {Source} source */
  async _listen(source) {
    const isNewest = this._page.choose();
    this._panel.ask(source);
    try {
      // Asked at once: browsers want the question to follow from a click.
      const { stream, model } = await together(askFor(source), this._page.getModel());
      if (!isNewest()) return close(stream);
      await this._hear(stream, model, source, isNewest);
    } catch (error) {
      this._fail(SongError.from(error), source, isNewest());
    }
  }

  /** @param {SongError} error @param {Source} source @param {boolean} is_chosen nothing else was chosen since */
  _fail(error, source, is_chosen) {
    if (is_chosen) {
      this.leave();
      this._page.fail(error, say.SOURCES[source]);
    } else if (!NOTHING_LOST.has(error.code)) {
      console.warn(`genrescope: ${error.message}`);
      this._panel.tell(say.errorInWords(error, say.SOURCES[source])); // what is looked at stays as it is
    }
  }

  /** @param {MediaStream} stream @param {Model} model @param {Source} source @param {() => boolean} isNewest */
  async _hear(stream, model, source, isNewest) {
    const about = { id: crypto.randomUUID(), source, started_ms: Date.now(), recording: null };
    const title = say.liveTitle(source, new Date(about.started_ms));
    let isOnPage = () => false;
    let is_shown = false;
    /** The chart before it stays until there is one. @param {number[][]} rows @param {boolean[]} unsure */
    const onRows = (rows, unsure) => {
      if (!isNewest()) return;
      if (!is_shown) isOnPage = this._page.show(title, model.contract);
      is_shown = true;
      this._page.setRows(rows, unsure);
    };
    const onSound = (/** @type {Sound} */ sound) => is_shown && isNewest() && this._page.setSound(sound);
    const onLevel = (/** @type {number} */ power) => isNewest() && this._panel.setLevel(power);
    const how = { source, keeps_sound: this._panel.keeps_sound };
    const session = new LiveSession(stream, model, { onRows, onSound, onLevel }, how);
    this._session = session;
    await session.start();
    if (!isNewest()) return;
    this._page.begin();
    this._panel.listen(source);
    const heard = await session.result;
    this._finish(heard, about, { model, is_chosen: isNewest(), is_on_page: isOnPage() });
  }

  /** @param {Heard} heard @param {Session} about @param {Ending} ending */
  _finish({ analysis, sound, recording, was_cut_off }, about, ending) {
    const { source, started_ms } = about;
    const title = say.liveTitle(source, new Date(started_ms));
    if (ending.is_chosen) this.leave();
    const session = { ...about, recording: recording && fileOf(recording, title) };
    this._page.finish({ session, analysis, sound }, ending);
    if (ending.is_chosen && was_cut_off) this._panel.tell(say.cutOff(source, analysis.duration_s));
    if (!ending.is_chosen && !this._session) this._panel.tell(say.sessionListed(title));
  }
}

/** @param {Blob} recording @param {string} title */
const fileOf = (recording, title) =>
  new File([recording], `${title.replaceAll(":", ".")}.${endingOf(recording)}`, { type: recording.type });

/**
 * A stream that nobody can use any more is closed.
 * @param {Promise<MediaStream>} asked @param {Promise<Model>} loaded
 */
async function together(asked, loaded) {
  loaded.catch(() => {}); // told when the visitor has answered
  const stream = await asked;
  try {
    return { stream, model: await loaded };
  } catch (error) {
    close(stream);
    throw SongError.from(error);
  }
}
